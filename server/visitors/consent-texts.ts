import type { Purpose } from './purposes.ts'

interface ConsentText {
  readonly title: string
  readonly text: string
}

/** What a person agrees to. A change of meaning gets the next version; one of spelling does not. */
export interface ConsentTexts {
  readonly purpose: Purpose
  readonly version: string
  readonly zh: ConsentText
  readonly en: ConsentText
}

/**
 * The texts in force, one a purpose. Location comes by itself because movement tracks are sensitive personal
 * information. **Source** PIPL articles 14, 15, 28–30 (separate, informed, withdrawable), wording own.
 */
export const consentTexts: readonly ConsentTexts[] = [
  {
    purpose: 'location',
    version: 'location-1',
    zh: {
      title: '在商场内定位',
      text:
        '我们用您手机听到的商场蓝牙信标计算您在哪一层、在哪家店附近，用于指路、提醒附近优惠和帮您找车。' +
        '行踪属于敏感个人信息：我们只保留所需的最短时间，不会提供给其他公司。' +
        '不同意也能看地图和搜索。您可以随时撤回，撤回后立即停止并删除。',
    },
    en: {
      title: 'Location inside the mall',
      text:
        'From the mall’s Bluetooth beacons your phone hears, we work out which floor and shop you are near: to guide you, ' +
        'to tell you of offers close by and to find your car. Where you go is sensitive: we keep it for the shortest time ' +
        'that serves, and give it to no other company. Map and search work without it. Withdraw at any time; we stop at once and ' +
        'erase it.',
    },
  },
  {
    purpose: 'profile',
    version: 'profile-1',
    zh: {
      title: '保存我的记录',
      text:
        '我们把您的领券、到店和停车记录保存在您的账号下，换手机后仍可使用，并据此减少与您无关的内容。' +
        '不同意时，每部手机各自匿名使用。您可以随时撤回、导出或删除。',
    },
    en: {
      title: 'Keep my history',
      text:
        'We keep your coupons, visits and parking with your account, so that they are there on your next phone and you see less of ' +
        'what is not for you. Without it each phone stays anonymous. Withdraw, export or erase at any time.',
    },
  },
  {
    purpose: 'marketing',
    version: 'marketing-2',
    zh: {
      title: '接收优惠消息',
      text:
        '您在商场里走到哪家店附近，我们可以把那家店的优惠送到您手机上；离开商场后，也可以通过微信给您发送优惠和活动消息。' +
        '不同意也能自己去领优惠。您可以随时撤回。',
    },
    en: {
      title: 'Messages about offers',
      text:
        'Where you stand in the mall, we may send the offer of the shop there to your phone, and offers and events through WeChat ' +
        'after you have left. Without it you can still take offers yourself. Withdraw at any time.',
    },
  },
]

/** Version of the text in force for a purpose. */
export function currentVersion(purpose: Purpose): string {
  const found = consentTexts.find((one) => one.purpose === purpose)
  if (!found) throw new Error(`There is no text for ${purpose}.`)
  return found.version
}
