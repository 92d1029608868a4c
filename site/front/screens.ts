import type { LineIconName } from '../../ui/icons/lines.ts'

/** The screens this installation has; one joins with a line here and its two messages. */
export const screens = [
  { id: 'kiosk', href: '/kiosk/', icon: 'kiosk' },
  { id: 'miniprogram', href: '/miniprogram/', icon: 'smartphone' },
  { id: 'map', href: '/map', icon: 'map' },
  { id: 'docs', href: '/docs', icon: 'bookOpen' },
  { id: 'health', href: '/readyz', icon: 'heartPulse' },
] as const satisfies readonly { readonly id: string; readonly href: string; readonly icon: LineIconName }[]
