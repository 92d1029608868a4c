import accessibility from 'lucide-static/icons/accessibility.svg?raw'
import aLargeSmall from 'lucide-static/icons/a-large-small.svg?raw'
import arrowDownAz from 'lucide-static/icons/arrow-down-a-z.svg?raw'
import arrowUp from 'lucide-static/icons/arrow-up.svg?raw'
import arrowUpLeft from 'lucide-static/icons/arrow-up-left.svg?raw'
import arrowUpRight from 'lucide-static/icons/arrow-up-right.svg?raw'
import car from 'lucide-static/icons/car-front.svg?raw'
import check from 'lucide-static/icons/check.svg?raw'
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw'
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw'
import contrast from 'lucide-static/icons/contrast.svg?raw'
import cornerUpLeft from 'lucide-static/icons/corner-up-left.svg?raw'
import cornerUpRight from 'lucide-static/icons/corner-up-right.svg?raw'
import erase from 'lucide-static/icons/delete.svg?raw'
import flag from 'lucide-static/icons/map-pin.svg?raw'
import footprints from 'lucide-static/icons/footprints.svg?raw'
import info from 'lucide-static/icons/info.svg?raw'
import layers from 'lucide-static/icons/layers.svg?raw'
import map from 'lucide-static/icons/map.svg?raw'
import megaphone from 'lucide-static/icons/megaphone.svg?raw'
import moon from 'lucide-static/icons/moon.svg?raw'
import navigation from 'lucide-static/icons/navigation.svg?raw'
import pause from 'lucide-static/icons/pause.svg?raw'
import phone from 'lucide-static/icons/phone.svg?raw'
import play from 'lucide-static/icons/play.svg?raw'
import plus from 'lucide-static/icons/plus.svg?raw'
import rotate from 'lucide-static/icons/rotate-ccw.svg?raw'
import search from 'lucide-static/icons/search.svg?raw'
import searchX from 'lucide-static/icons/search-x.svg?raw'
import smartphone from 'lucide-static/icons/smartphone.svg?raw'
import ticket from 'lucide-static/icons/ticket.svg?raw'
import triangleAlert from 'lucide-static/icons/triangle-alert.svg?raw'
import undo from 'lucide-static/icons/undo-2.svg?raw'
import users from 'lucide-static/icons/users.svg?raw'
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw'
import x from 'lucide-static/icons/x.svg?raw'
import { lineIcons } from '../ui/icons/lines.ts'

const icons = {
  accessibility,
  aLargeSmall,
  arrowDownAz,
  arrowUp,
  arrowUpLeft,
  arrowUpRight,
  car,
  check,
  chevronLeft,
  chevronRight,
  contrast,
  cornerUpLeft,
  cornerUpRight,
  erase,
  flag,
  footprints,
  info,
  layers,
  map,
  megaphone,
  moon,
  navigation,
  pause,
  phone,
  play,
  plus,
  rotate,
  search,
  searchX,
  smartphone,
  ticket,
  triangleAlert,
  undo,
  users,
  wifiOff,
  x,
}

export type KioskIconName = keyof typeof icons

/** The line icons of the kiosk (Lucide, ISC). */
export const KioskIcon = lineIcons(icons)
