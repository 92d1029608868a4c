/** The screens this installation has; one joins with a line here and its two messages. */
export const screens = [
  { id: 'kiosk', href: '/kiosk/', icon: 'kiosk' },
  { id: 'miniprogram', href: '/miniprogram/', icon: 'smartphone' },
  { id: 'map', href: '/map', icon: 'map' },
  { id: 'docs', href: '/docs', icon: 'bookOpen' },
  { id: 'health', href: '/readyz', icon: 'heartPulse' },
] as const
