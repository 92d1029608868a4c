import { ButtonElement, NavigatorElement } from './acting.ts'
import { PageContainerElement, ScrollViewElement, SwiperElement } from './containers.ts'
import {
  ChoiceElement,
  ChoiceGroupElement,
  FormElement,
  InputElement,
  LabelElement,
  PickerElement,
  SliderElement,
  SwitchElement,
  TextareaElement,
} from './forms.ts'
import { CameraElement, CanvasElement } from './media.ts'
import {
  IconElement,
  ImageElement,
  PlainElement,
  ProgressElement,
  RichTextElement,
  TextElement,
} from './plain.ts'

/** Every tag of the platform the preview knows. A constructor serves one tag only, hence the empty classes. */
const tags: Readonly<Record<string, CustomElementConstructor>> = {
  view: PlainElement,
  text: TextElement,
  'cover-view': class extends PlainElement {},
  'swiper-item': class extends PlainElement {},
  'root-portal': class extends PlainElement {},
  image: ImageElement,
  'cover-image': class extends ImageElement {},
  icon: IconElement,
  progress: ProgressElement,
  'rich-text': RichTextElement,
  button: ButtonElement,
  navigator: NavigatorElement,
  input: InputElement,
  textarea: TextareaElement,
  switch: SwitchElement,
  slider: SliderElement,
  picker: PickerElement,
  form: FormElement,
  label: LabelElement,
  checkbox: ChoiceElement,
  radio: class extends ChoiceElement {},
  'checkbox-group': ChoiceGroupElement,
  'radio-group': class extends ChoiceGroupElement {},
  'scroll-view': ScrollViewElement,
  swiper: SwiperElement,
  'page-container': PageContainerElement,
  canvas: CanvasElement,
  camera: CameraElement,
}

/** Registers the platform's tags as `wx-<tag>`; once a document. */
export function defineElements(): void {
  for (const [tag, constructor] of Object.entries(tags)) {
    const name = `wx-${tag}`
    if (customElements.get(name) === undefined) customElements.define(name, constructor)
  }
}
