import type { Refused } from './words.ts'

/** A UUID that beacons leave a factory with, or that a sample everybody copies uses. */
interface FactoryUuid {
  readonly uuid: string
  readonly whose: string
}

/**
 * Sources: WeChat and April Brother documentation (FDA50693); Apple AirLocate sample (E2C56DB5, 5A4BCFCE, 74278BDA); HM-10
 * data sheet (74278BDA); Estimote, Kontakt.io and Radius Networks developer documentation; Nordic nRF Beacon user guide
 * (01122334); BlueCharm quick start (426C7565, ASCII "BlueCharmBeacons"); KKM kbeaconlib DEFAULT_UUID (7777772E, ASCII
 * "www.kkmcn.com").
 */
const factoryUuids: readonly FactoryUuid[] = [
  { uuid: 'fda50693-a4e2-4fb1-afcf-c6eb07647825', whose: 'WeChat / April Brother' },
  { uuid: 'e2c56db5-dffb-48d2-b060-d0f5a71096e0', whose: 'Apple AirLocate' },
  { uuid: '5a4bcfce-174e-4bac-a814-092e77f6b7e5', whose: 'Apple AirLocate' },
  { uuid: '74278bda-b644-4520-8f0c-720eaf059935', whose: 'Apple AirLocate / HM-10' },
  { uuid: 'b9407f30-f5f8-466e-aff9-25556b57fe6d', whose: 'Estimote' },
  { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', whose: 'Kontakt.io' },
  { uuid: '2f234454-cf6d-4a0f-adf2-f4911ba9ffa6', whose: 'Radius Networks' },
  { uuid: '01122334-4556-6778-899a-abbccddeeff0', whose: 'Nordic nRF Beacon' },
  { uuid: '426c7565-4368-6172-6d42-6561636f6e73', whose: 'BlueCharm' },
  { uuid: '7777772e-6b6b-6d63-6e2e-636f6d000001', whose: 'KKM' },
  { uuid: '00000000-0000-0000-0000-000000000000', whose: 'an empty beacon' },
  { uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff', whose: 'an erased beacon' },
]

const byUuid = new Map(factoryUuids.map(({ uuid, whose }) => [uuid, whose]))

/** The refusal of a UUID that would make the beacons of this mall those of every other; undefined when it is one's own. */
export function refuseFactoryUuid(uuid: string): Refused | undefined {
  const whose = byUuid.get(uuid.toLowerCase())
  if (whose === undefined) return undefined
  return {
    refused: 'factory-default-uuid',
    words: {
      zh: `${uuid} 是出厂默认 UUID（${whose}），会与其他商场的信标混淆；请用 uuidgen 生成一个自己的。`,
      en: `${uuid} is a factory default (${whose}) and would be mixed up with other malls’ beacons; make one of your own with uuidgen.`,
    },
  }
}
