import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    title: '找店',
    hint: '店名、品类、首字母',
    clear: '清空',
    metres: '{level} · 约 {metres} 米',
    none: '没找到“{query}”',
    noneHint: '试试首字母，比如 hg 找火锅，或者说品类。',
    noneKind: '这里没有{query}',
    start: '输入首字母就能找，比如 hg 找火锅',
    away: '连不上服务器，地图还没存到手机里',
  },
  {
    title: 'Find',
    hint: 'Shop, kind or initials',
    clear: 'Clear',
    metres: '{level} · about {metres} m',
    none: 'Nothing called “{query}”',
    noneHint: 'Try initials (hg finds 火锅), or the kind of place.',
    noneKind: 'There is no {query} here',
    start: 'Initials are enough: hg finds 火锅',
    away: 'The server is out of reach and the map is not on this phone yet',
  },
)
