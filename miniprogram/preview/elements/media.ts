import { BuiltIn } from './built-in.ts'

/** A canvas as a page gets it through a selector query with `node: true`. */
export interface CanvasNode extends HTMLCanvasElement {
  createImage(): HTMLImageElement
  createImageData(width: number, height: number): ImageData
  requestAnimationFrame(task: (atMs: number) => void): number
  cancelAnimationFrame(handle: number): void
}

/** Gives a canvas of the document the methods a mini-program's has. */
export function canvasNode(canvas: HTMLCanvasElement): CanvasNode {
  return Object.assign(canvas, {
    createImage: () => new Image(),
    createImageData: (width: number, height: number) => new ImageData(width, height),
    requestAnimationFrame: (task: (atMs: number) => void) => requestAnimationFrame(task),
    cancelAnimationFrame: (handle: number) => {
      cancelAnimationFrame(handle)
    },
  })
}

/** `canvas` of type 2d or webgl. */
export class CanvasElement extends BuiltIn {
  readonly node: CanvasNode

  constructor() {
    super()
    const shadow = this.build(
      '<style>:host{display:block;width:300px;height:150px;position:relative}' +
        'canvas{display:block;width:100%;height:100%;touch-action:none}</style><canvas></canvas><slot></slot>',
    )
    this.node = canvasNode(shadow.querySelector('canvas')!)
  }
}

/** Whether the page may look through the camera; the phone of the preview answers. */
export type CameraGate = () => Promise<boolean>

let gate: CameraGate = () => Promise.resolve(true)

/** Sets who answers a camera's question for permission. */
export function setCameraGate(next: CameraGate): void {
  gate = next
}

/**
 * `camera`: the computer's where there is one, else a picture of a corridor in its place (`phone.css`); `error`
 * when the person does not allow it, as on a phone.
 */
export class CameraElement extends BuiltIn {
  #stream: MediaStream | undefined

  connectedCallback(): void {
    const shadow =
      this.shadowRoot ??
      this.build(
        '<style>:host{display:block;position:relative;overflow:hidden}' +
          'video{position:absolute;inset:0;width:100%;height:100%;object-fit:cover}</style>' +
          '<video autoplay playsinline muted></video><slot></slot>',
      )
    void this.#open(shadow.querySelector('video')!)
  }

  disconnectedCallback(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = undefined
  }

  async #open(video: HTMLVideoElement): Promise<void> {
    try {
      if (!(await gate())) throw new Error('auth deny')
    } catch (error) {
      this.fire('error', {
        errMsg: `insertCamera:fail ${error instanceof Error ? error.message : String(error)}`,
      })
      return
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      video.srcObject = this.#stream
    } catch {
      video.remove()
    }
    this.fire('initdone', {})
  }
}
