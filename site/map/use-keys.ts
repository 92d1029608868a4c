import { onBeforeUnmount, onMounted } from 'vue'

/**
 * Keys of a whole page. While one types, letters and Escape belong to the field; the page keys still turn
 * the levels.
 */
export function useKeys(actions: Readonly<Record<string, () => void>>): void {
  function onKey(event: KeyboardEvent): void {
    const action = actions[event.key]
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    if (typing && !event.key.startsWith('Page')) return
    event.preventDefault()
    action()
  }
  onMounted(() => {
    addEventListener('keydown', onKey)
  })
  onBeforeUnmount(() => {
    removeEventListener('keydown', onKey)
  })
}
