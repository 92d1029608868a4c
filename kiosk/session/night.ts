/** After this hour a mall's halls are dim, and before it. */
const nightFrom = 20
const nightUntil = 7

/** Whether the screen is dark now: by the hours of the evening, or always one way (`?theme=light`). */
export function themeAt(nowMs: number, search: string): 'light' | 'dark' {
  const asked = new URLSearchParams(search).get('theme')
  if (asked === 'light' || asked === 'dark') return asked
  const hour = new Date(nowMs).getHours()
  return hour >= nightFrom || hour < nightUntil ? 'dark' : 'light'
}
