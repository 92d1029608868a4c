/** Longer sides of a picture are made this short: an operator looks, a line should not choke. */
const mostPx = 1600
const jpegQuality = 0.8

/**
 * One picture of canvases that lie over each other, and of the labels over them, which are drawn as plain
 * boxes with their text.
 *
 * @param root the element whose `.badge` elements are drawn too
 * @throws when the browser gives no 2D canvas or cannot write a JPEG
 */
export async function pictureFrom(
  layers: readonly HTMLCanvasElement[],
  root: HTMLElement | null,
): Promise<Blob> {
  const box = root?.getBoundingClientRect() ?? new DOMRect(0, 0, layers[0]?.width, layers[0]?.height)
  const scale = Math.min(1, mostPx / Math.max(box.width, box.height))
  const picture = document.createElement('canvas')
  picture.width = Math.round(box.width * scale)
  picture.height = Math.round(box.height * scale)
  const context = picture.getContext('2d')
  if (!context) throw new Error('This browser gives no 2D canvas')
  if (root) {
    context.fillStyle = getComputedStyle(root).backgroundColor
    context.fillRect(0, 0, picture.width, picture.height)
  }
  for (const layer of layers) context.drawImage(layer, 0, 0, picture.width, picture.height)
  context.scale(scale, scale)
  for (const badge of root?.querySelectorAll<HTMLElement>('.badge') ?? []) drawBadge(context, badge, box)
  return new Promise((resolve, reject) => {
    picture.toBlob(
      (blob) => {
        if (blob) resolve(blob)
        else reject(new Error('The browser could not write the picture'))
      },
      'image/jpeg',
      jpegQuality,
    )
  })
}

function drawBadge(context: CanvasRenderingContext2D, badge: HTMLElement, root: DOMRect): void {
  const style = getComputedStyle(badge)
  if (style.visibility === 'hidden') return
  const { left, top, width, height } = badge.getBoundingClientRect()
  const [x, y] = [left - root.left, top - root.top]
  context.beginPath()
  context.roundRect(x, y, width, height, Number.parseFloat(style.borderRadius) || 0)
  context.fillStyle = style.backgroundColor
  context.fill()
  context.fillStyle = style.color
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(badge.innerText.replaceAll(/\s+/g, ' ').trim(), x + width / 2, y + height / 2, width)
}
