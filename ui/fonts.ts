/** Longest wait for letters: after it a label is drawn in whatever font there is. */
const patienceMs = 2500

/**
 * Gets the Chinese font under way, off the path of the first picture. It comes in a hundred pieces by
 * range of characters, and a page fetches those it shows; on a phone `--font` never names it, so nothing
 * is fetched at all.
 */
export async function loadFonts(): Promise<void> {
  if (
    getComputedStyle(document.documentElement).getPropertyValue('--font').includes('Noto Sans SC Variable')
  ) {
    await import('@fontsource-variable/noto-sans-sc/index.css')
  }
}

/**
 * Waits until the pieces of the page's font that hold these characters are there, so that a canvas does
 * not draw them in another. Bounded: resolves after 2.5 s in any case.
 */
export async function fontsFor(text: string): Promise<void> {
  const characters = [...new Set(text)].join('')
  const family = getComputedStyle(document.documentElement).getPropertyValue('--font')
  const loaded = Promise.all(
    [500, 600].map((weight) => document.fonts.load(`${String(weight)} 16px ${family}`, characters)),
  )
  const tooLate = new Promise((resolve) => setTimeout(resolve, patienceMs))
  await Promise.race([loaded.catch(() => undefined), tooLate])
}
