import { readonly, ref } from 'vue'
import type { Ref } from 'vue'
import { keep, kept } from './memory.ts'

export type Theme = 'light' | 'dark'

const storageKey = 'atrium.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const chosen = ref<Theme | undefined>(stored())
const current = ref<Theme>('light')

/** The theme on screen: the person's choice, else the system's; follows both while the page is open. */
export const theme: Readonly<Ref<Theme>> = readonly(current)

/** Puts the theme on the root element; call once before the page is drawn. */
export function applyTheme(): void {
  current.value = chosen.value ?? (system.matches ? 'dark' : 'light')
  document.documentElement.dataset.theme = current.value
}

/** Switches between light and dark and remembers the choice on this device. */
export function switchTheme(): void {
  chosen.value = current.value === 'dark' ? 'light' : 'dark'
  keep(storageKey, chosen.value)
  applyTheme()
}

system.addEventListener('change', applyTheme)

function stored(): Theme | undefined {
  const value = kept(storageKey)
  return value === 'light' || value === 'dark' ? value : undefined
}
