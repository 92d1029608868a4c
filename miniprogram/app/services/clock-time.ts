/** A moment by the phone's clock: `18:05`; with its date when that is another day. */
export function clockTime(atMs: number, nowMs = Date.now()): string {
  const at = new Date(atMs)
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`
  return at.toDateString() === new Date(nowMs).toDateString()
    ? time
    : `${at.getMonth() + 1}-${at.getDate()} ${time}`
}
