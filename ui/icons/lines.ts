import { h } from 'vue'
import type { FunctionalComponent } from 'vue'
import bookOpen from 'lucide-static/icons/book-open.svg?raw'
import check from 'lucide-static/icons/check.svg?raw'
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw'
import chevronsUpDown from 'lucide-static/icons/chevrons-up-down.svg?raw'
import clock from 'lucide-static/icons/clock.svg?raw'
import compass from 'lucide-static/icons/compass.svg?raw'
import heartPulse from 'lucide-static/icons/heart-pulse.svg?raw'
import kiosk from 'lucide-static/icons/monitor-smartphone.svg?raw'
import layers from 'lucide-static/icons/layers.svg?raw'
import map from 'lucide-static/icons/map.svg?raw'
import minus from 'lucide-static/icons/minus.svg?raw'
import moon from 'lucide-static/icons/moon.svg?raw'
import phone from 'lucide-static/icons/phone.svg?raw'
import plus from 'lucide-static/icons/plus.svg?raw'
import search from 'lucide-static/icons/search.svg?raw'
import searchX from 'lucide-static/icons/search-x.svg?raw'
import share from 'lucide-static/icons/share-2.svg?raw'
import smartphone from 'lucide-static/icons/smartphone.svg?raw'
import sun from 'lucide-static/icons/sun.svg?raw'
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw'
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw'
import x from 'lucide-static/icons/x.svg?raw'

const lines = {
  bookOpen,
  check,
  chevronRight,
  chevronsUpDown,
  clock,
  compass,
  heartPulse,
  kiosk,
  layers,
  map,
  minus,
  moon,
  phone,
  plus,
  search,
  searchX,
  share,
  smartphone,
  sun,
  triangleAlert,
  wifiOff,
  x,
}

export type LineIconName = keyof typeof lines

/**
 * A component that draws one of these line icons in the colour and size of the text around it, hidden from
 * screen readers. A client with icons of its own makes its own, so that no page loads another's.
 *
 * @param icons SVG documents by name
 */
export function lineIcons<Name extends string>(
  icons: Readonly<Record<Name, string>>,
): FunctionalComponent<{ name: Name }> {
  const Icon: FunctionalComponent<{ name: Name }> = ({ name }) =>
    h('span', { class: 'icon', 'aria-hidden': 'true', innerHTML: icons[name] })
  Icon.props = ['name']
  return Icon
}

/** A line icon (Lucide, ISC) that the pages share. */
export const LineIcon = lineIcons(lines)
