import type { BeaconState } from '../../services/beacon-service.ts'
import { language, messages } from '../../services/messages.ts'

/** What went wrong, in words, and the way out. */
export interface SignalWords {
  readonly title: string
  readonly reason: string
  readonly steps: readonly string[]
  /** What the button does; absent where there is nothing to press. */
  readonly action?: { readonly label: string; readonly does: 'bluetooth' | 'system' | 'privacy' | 'retry' }
}

export const texts = messages(
  {
    still: '不开也可以',
    search: '搜店看地图',
    scan: '扫柱子上的码',
    route: '找路',
    good: '能找到你了',
    goodHint: '蓝点已经在地图上。',
    map: '看地图',
  },
  {
    still: 'Without it you can',
    search: 'Search the map',
    scan: 'Scan a pillar code',
    route: 'Find a way',
    good: 'You can be found',
    goodHint: 'The blue dot is on the map.',
    map: 'See the map',
  },
)

type Trouble = Exclude<BeaconState, 'off' | 'starting' | 'listening'>

const zh: Readonly<Record<Trouble, SignalWords>> = {
  'bluetooth-off': {
    title: '蓝牙没开，找不到你',
    reason: '商场里卫星信号很弱，要靠蓝牙认路。',
    steps: ['从屏幕右上角往下拉', '点亮蓝牙图标', '回到这里，蓝点会自己出现'],
    action: { label: '打开蓝牙设置', does: 'bluetooth' },
  },
  'location-off': {
    title: '定位没开，找不到你',
    reason: '手机要开着定位，微信才听得到商场的蓝牙信号。',
    steps: ['从屏幕右上角往下拉', '点亮定位图标', '回到这里，蓝点会自己出现'],
    action: { label: '开好了，再试', does: 'retry' },
  },
  'wechat-denied': {
    title: '微信没有定位权限',
    reason: '手机没让微信用定位，蓝牙信号就传不过来，也不会报错。',
    steps: ['打开手机的设置，找到微信', '把位置信息设为使用期间允许', '回到这里，蓝点会自己出现'],
    action: { label: '去系统设置', does: 'system' },
  },
  'privacy-refused': {
    title: '还没同意隐私指引',
    reason: '听蓝牙信号前，微信要你先看过隐私保护指引。',
    steps: ['点下面的按钮', '看过以后点同意', '蓝点会自己出现'],
    action: { label: '看隐私保护指引', does: 'privacy' },
  },
  unsupported: {
    title: '这部手机听不到信标',
    reason: '它没有商场定位要用的蓝牙功能，打开什么都没有用。',
    steps: ['地图、搜索和路线都能照常用', '到大屏或柱子边扫码，就知道自己在哪'],
  },
  silent: {
    title: '这里没有听到商场的信号',
    reason: '你可能还没进商场，或者在没装信标的地方。',
    steps: ['往店铺多的地方走几步', '把手机拿在手里，不要放包里', '听到信号，蓝点会自己出现'],
    action: { label: '再听一次', does: 'retry' },
  },
  failed: {
    title: '蓝牙这次没有打开成功',
    reason: '系统没有说原因，一般再试一次就好。',
    steps: ['关掉蓝牙再打开', '回到这里再试'],
    action: { label: '再试一次', does: 'retry' },
  },
}

const en: Readonly<Record<Trouble, SignalWords>> = {
  'bluetooth-off': {
    title: 'Bluetooth is off, you cannot be found',
    reason: 'Satellites are weak inside a mall: Bluetooth shows the way.',
    steps: [
      'Pull down from the upper right corner',
      'Turn the Bluetooth sign on',
      'Come back, the blue dot appears by itself',
    ],
    action: { label: 'Open Bluetooth settings', does: 'bluetooth' },
  },
  'location-off': {
    title: 'Location is off, you cannot be found',
    reason: 'WeChat hears the mall’s beacons only while the phone’s location is on.',
    steps: [
      'Pull down from the upper right corner',
      'Turn the location sign on',
      'Come back, the blue dot appears by itself',
    ],
    action: { label: 'It is on, try again', does: 'retry' },
  },
  'wechat-denied': {
    title: 'WeChat may not use location',
    reason: 'The phone keeps location from WeChat, so no beacon gets through, and nothing says so.',
    steps: [
      'Open the phone’s settings and find WeChat',
      'Allow location while it is in use',
      'Come back, the blue dot appears by itself',
    ],
    action: { label: 'Open system settings', does: 'system' },
  },
  'privacy-refused': {
    title: 'The privacy guide is not agreed to',
    reason: 'WeChat wants you to see it before beacons are heard.',
    steps: ['Press the button below', 'Read it and agree', 'The blue dot appears by itself'],
    action: { label: 'See the privacy guide', does: 'privacy' },
  },
  unsupported: {
    title: 'This phone cannot hear beacons',
    reason: 'It lacks the Bluetooth that indoor positions need; nothing you switch on helps.',
    steps: [
      'Map, search and routes work as ever',
      'Scan the code on a screen or a pillar to see where you are',
    ],
  },
  silent: {
    title: 'No beacon of the mall is heard here',
    reason: 'You may not be inside yet, or at a place without beacons.',
    steps: [
      'Walk towards the shops',
      'Hold the phone in your hand, not in a bag',
      'The blue dot appears by itself',
    ],
    action: { label: 'Listen again', does: 'retry' },
  },
  failed: {
    title: 'Bluetooth did not start this time',
    reason: 'The system gave no reason. Trying again helps as a rule.',
    steps: ['Turn Bluetooth off and on', 'Come back and try again'],
    action: { label: 'Try again', does: 'retry' },
  },
}

/** The words for a state; undefined where nothing is wrong. */
export function wordsFor(state: BeaconState): SignalWords | undefined {
  if (state === 'off' || state === 'starting' || state === 'listening') return undefined
  return (language() === 'zh' ? zh : en)[state]
}
