/** Side of the screens that the look was drawn for, in CSS pixels. */
const drawnForPx = 1080

/** The look's kiosk sizes are its phone sizes times this: names of 17 to 34 px for 11 to 22. */
const kioskFactor = 1.545

/** CSS pixels of one pixel of the look's kiosk: 1 on 1080 × 1920 either way round, 2 on 4K. */
export function screenUnit(): number {
  const { clientWidth, clientHeight } = document.documentElement
  return Math.max(0.5, Math.min(clientWidth, clientHeight) / drawnForPx)
}

/** CSS pixels of one pixel of the look's phone, which the map's style is written in. */
export function lookUnit(): number {
  return screenUnit() * kioskFactor
}
