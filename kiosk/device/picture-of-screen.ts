/** Half the size of the screen is enough to see what it shows, and stays far below what the server takes. */
const scale = 0.5
const quality = 0.72

/** A canvas on the page and how to get its picture: one drawn by WebGL can only be read while it is drawn. */
export type CanvasPicture = (canvas: HTMLCanvasElement) => Promise<Blob | undefined>

/**
 * A picture of what the screen shows, as JPEG. A page cannot photograph itself: this writes its own elements
 * and styles into an SVG and has the browser draw that; canvases go in as pictures. Letters come in the
 * system's font, since an SVG loads nothing; whatever is marked `data-private` is left out.
 *
 * @throws when the browser does not draw it
 */
export async function pictureOfScreen(root: HTMLElement, pictureOf: CanvasPicture): Promise<Blob> {
  const { innerWidth: width, innerHeight: height } = window
  const copy = root.cloneNode(true) as HTMLElement
  await replaceCanvases(root, copy, pictureOf)
  for (const hidden of copy.querySelectorAll<HTMLElement>('[data-private]')) hidden.textContent = ''
  for (const script of copy.querySelectorAll('script')) script.remove()
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(copy, { width, height }))}`
  const image = new Image()
  image.src = url
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob) resolve(blob)
        else reject(new Error('The browser made no picture of the page'))
      },
      'image/jpeg',
      quality,
    )
  })
}

async function replaceCanvases(
  root: HTMLElement,
  copy: HTMLElement,
  pictureOf: CanvasPicture,
): Promise<void> {
  const copies = [...copy.querySelectorAll('canvas')]
  for (const [at, canvas] of [...root.querySelectorAll('canvas')].entries()) {
    const blob = await pictureOf(canvas).catch(() => undefined)
    const image = document.createElement('img')
    if (blob) image.src = await dataUrlOf(blob)
    image.style.cssText = `position:absolute;inset:0;width:100%;height:100%`
    copies[at]?.replaceWith(image)
  }
}

function svgOf(copy: HTMLElement, { width, height }: { width: number; height: number }): string {
  const { documentElement } = document
  const fontSize = getComputedStyle(documentElement).fontSize
  const marks = [...documentElement.attributes]
    .filter(({ name }) => name.startsWith('data-'))
    .map(({ name, value }) => `${name}="${value.replaceAll('"', '&quot;')}"`)
    .join(' ')
  const style = document.createElement('style')
  style.textContent = cssOfPage()
  copy.prepend(style)
  copy.setAttribute('style', `position:relative;width:${String(width)}px;height:${String(height)}px`)
  const body = new XMLSerializer().serializeToString(copy)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" ` +
    `style="font-size:${fontSize}" ${marks}><foreignObject width="100%" height="100%">${body}</foreignObject></svg>`
  )
}

/** All rules of the page but those that would load something. */
function cssOfPage(): string {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => !(rule instanceof CSSFontFaceRule) && !(rule instanceof CSSImportRule))
    .map(({ cssText }) => cssText)
    .join('\n')
}

function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => {
      resolve(typeof reader.result === 'string' ? reader.result : '')
    }
    reader.onerror = () => {
      reject(new Error('The picture could not be read'))
    }
    reader.readAsDataURL(blob)
  })
}
