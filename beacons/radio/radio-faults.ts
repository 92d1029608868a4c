import { BeaconFault } from './beacon-fault.ts'
import type { BeaconFaultId } from './beacon-fault.ts'

/** The sentences of the radio's faults. */
const sentences = {
  'no-bluetooth': (facts) => ({
    zh: `本机没有运行蓝牙服务（${facts.detail}）；请启动 bluetooth 服务（systemctl start bluetooth）。`,
    en: `No Bluetooth service answers on this machine (${facts.detail}); start it with systemctl start bluetooth.`,
  }),
  'no-adapter': (facts) => ({
    zh: `没有名为 ${facts.detail} 的蓝牙适配器；请插好适配器，或用 bluetoothctl list 查看名称。`,
    en: `There is no Bluetooth adapter ${facts.detail}; plug it in, or see the names with bluetoothctl list.`,
  }),
  'adapter-off': () => ({
    zh: '蓝牙适配器已关闭；请打开它（bluetoothctl power on）。',
    en: 'The Bluetooth adapter is off; turn it on with bluetoothctl power on.',
  }),
  'not-heard': (facts) => ({
    zh: `没有听到 ${facts.address}；请靠近一些，确认电池已装好。`,
    en: `${facts.address} is not heard; go closer, and see that its battery is in.`,
  }),
  'not-connectable': (facts) => ({
    zh: `无法连接 ${facts.address}（${facts.detail}）；许多信标要先按按钮才可连接。`,
    en: `${facts.address} does not let itself be connected to (${facts.detail}); many want their button pressed first.`,
  }),
  'connect-timeout': (facts) => ({
    zh: `${facts.address} 在 ${facts.detail} 内没有接受连接；请靠近一些再试。`,
    en: `${facts.address} did not take a connection within ${facts.detail}; go closer and try again.`,
  }),
  'link-lost': (facts) => ({
    zh: `与 ${facts.address} 的连接中断了；请靠近一些再试。`,
    en: `The link to ${facts.address} broke; go closer and try again.`,
  }),
  'answer-timeout': (facts) => ({
    zh: `${facts.address} 在 ${facts.detail} 内没有应答；请再试一次。`,
    en: `${facts.address} gave no answer within ${facts.detail}; try again.`,
  }),
  'no-characteristic': (facts) => ({
    zh: `${facts.address} 没有特征 ${facts.detail}；固件与所选驱动不符。`,
    en: `${facts.address} has no characteristic ${facts.detail}; its firmware is not what the driver expects.`,
  }),
  'not-permitted': (facts) => ({
    zh: `${facts.address} 不允许此操作（${facts.detail}）；它可能仍处于锁定状态。`,
    en: `${facts.address} does not permit that (${facts.detail}); it may still be locked.`,
  }),
  'not-authorised': (facts) => ({
    zh: `${facts.address} 要求先解锁（${facts.detail}）。`,
    en: `${facts.address} wants to be unlocked first (${facts.detail}).`,
  }),
  'value-rejected': (facts) => ({
    zh: `${facts.address} 拒绝了写入的值（${facts.detail}）。`,
    en: `${facts.address} rejected the value written (${facts.detail}).`,
  }),
  'gatt-failed': (facts) => ({
    zh: `${facts.address} 的读写失败（${facts.detail}）；请再试一次。`,
    en: `Reading or writing ${facts.address} failed (${facts.detail}); try again.`,
  }),
  aborted: () => ({ zh: '已中止。', en: 'Called off.' }),
} satisfies Partial<
  Record<
    BeaconFaultId,
    (facts: { readonly address: string; readonly detail: string }) => { zh: string; en: string }
  >
>

type RadioFaultId = keyof typeof sentences

/** Makes a fault of the radio. `detail` is a limit, a name or what BlueZ said. */
export function radioFault(
  id: RadioFaultId,
  facts: { readonly address?: string; readonly detail?: string; readonly cause?: unknown } = {},
): BeaconFault {
  const { address = '', detail = '', cause } = facts
  return new BeaconFault(id, sentences[id]({ address, detail }), cause === undefined ? {} : { cause })
}

/**
 * What an error that came over the bus means for a device. BlueZ puts its reasons into the text of `Failed`.
 * Source: BlueZ src/error.c, src/gatt-client.c (create_gatt_dbus_error), src/device.c.
 */
export function faultOfBusError(error: unknown, address: string): BeaconFault {
  if (error instanceof BeaconFault) return error
  const { name, text } = busErrorOf(error)
  const facts = { address, detail: text, cause: error }
  switch (name.slice(name.lastIndexOf('.') + 1)) {
    case 'NotPermitted':
      return radioFault('not-permitted', facts)
    case 'NotAuthorized':
      return radioFault('not-authorised', facts)
    case 'InvalidArguments':
    case 'InvalidValueLength':
    case 'InvalidOffset':
      return radioFault('value-rejected', facts)
    case 'NotReady':
      return radioFault('adapter-off', facts)
    case 'NotConnected':
    case 'UnknownObject':
    case 'UnknownMethod':
    case 'UnknownInterface':
    case 'DoesNotExist':
      return radioFault('link-lost', facts)
    case 'ServiceUnknown':
    case 'NameHasNoOwner':
    case 'Disconnected':
    case 'NoReply':
      return radioFault('no-bluetooth', facts)
  }
  const isLoss = /not connected|connection reset|abort-by-remote|disconnected/i.test(text)
  return radioFault(isLoss ? 'link-lost' : 'gatt-failed', facts)
}

/** What a failed Connect means: nothing about the link, which there was none of. */
export function faultOfConnectError(error: unknown, address: string): BeaconFault {
  const fault = faultOfBusError(error, address)
  if (fault.id !== 'gatt-failed' && fault.id !== 'link-lost') return fault
  return radioFault('not-connectable', { address, detail: busErrorOf(error).text, cause: error })
}

function busErrorOf(error: unknown): { readonly name: string; readonly text: string } {
  const text = error instanceof Error ? error.message : String(error)
  const name = error instanceof Error && 'type' in error ? String(error.type) : ''
  return { name, text: text === '' ? name : text }
}
