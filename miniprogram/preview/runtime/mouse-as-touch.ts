let isOn = false

/**
 * Makes a mouse press, drag and release arrive as the touch events a page binds. They are `composed`, so
 * that they leave the shadow tree of the built-in they begin in. Nothing where the browser has touch.
 */
export function forwardMouseAsTouch(): void {
  if (isOn || navigator.maxTouchPoints > 0) return
  isOn = true
  let pressed: EventTarget | undefined
  const forward = (type: string, { clientX, clientY }: MouseEvent) => {
    if (!pressed) return
    const finger = { identifier: 0, target: pressed, clientX, clientY }
    const event = new UIEvent(type, { bubbles: true, cancelable: true, composed: true })
    // Not every browser with a mouse can make a TouchEvent.
    Object.assign(event, { touches: type === 'touchend' ? [] : [finger], changedTouches: [finger] })
    pressed.dispatchEvent(event)
  }
  addEventListener('mousedown', (mouse) => {
    pressed = mouse.composedPath()[0]
    forward('touchstart', mouse)
  })
  addEventListener('mousemove', (mouse) => {
    if (mouse.buttons === 0) pressed = undefined
    forward('touchmove', mouse)
  })
  addEventListener('mouseup', (mouse) => {
    forward('touchend', mouse)
    pressed = undefined
  })
}
