import type { Words } from '../frames/words.ts'
import type { Visit } from '../health/visits.ts'
import type { LocalBeacon } from '../offline/local-registry.ts'

/** Words of a beacon's state. */
export const stateWords: Readonly<Record<LocalBeacon['state'], Words>> = {
  planned: { zh: '待装', en: 'planned' },
  installed: { zh: '已装', en: 'installed' },
  verified: { zh: '已验', en: 'verified' },
  retired: { zh: '退役', en: 'retired' },
}

/** How a beacon is mounted. */
export const mountWords: Readonly<Record<LocalBeacon['mount'], Words>> = {
  ceiling: { zh: '吊顶', en: 'ceiling' },
  wall: { zh: '墙面', en: 'wall' },
  pillar: { zh: '柱子', en: 'pillar' },
  furniture: { zh: '柜体', en: 'furniture' },
  other: { zh: '其他', en: 'other' },
}

/** Why one goes to a beacon. */
export const whyWords: Readonly<Record<Visit['why'], Words>> = {
  silent: { zh: '没声音', en: 'silent' },
  weak: { zh: '变弱', en: 'weak' },
  moved: { zh: '挪了位置', en: 'moved' },
  cloned: { zh: '被复制', en: 'cloned' },
  drifting: { zh: '慢慢变弱', en: 'drifting' },
  battery: { zh: '快没电', en: 'battery' },
}

/** Words for a time left. */
export function timeLeft({ text }: { readonly text: (words: Words) => string }, seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60))
  return seconds < 60
    ? text({ zh: `还剩 ${Math.round(seconds)} 秒`, en: `${Math.round(seconds)} s left` })
    : text({ zh: `还剩 ${minutes} 分钟`, en: `${minutes} min left` })
}
