import { BeaconFault } from '../radio/beacon-fault.ts'
import type { Words } from '../frames/words.ts'

const sentences = {
  'wrong-secret': (address: string): Words => ({
    zh: `${address} 不接受这个密码；它可能已被他人改过，请向上一位配置者索取，或按厂家说明恢复出厂。`,
    en: `${address} does not take this secret; somebody may have changed it. Ask who configured it last, or reset it as its maker says.`,
  }),
  'locked-out': (address: string): Words => ({
    zh: `${address} 因密码多次错误已锁定；请取出电池一分钟后再试。`,
    en: `${address} has locked itself after wrong secrets; take its battery out for a minute and try again.`,
  }),
  'stands-open': (address: string): Words => ({
    zh: `${address} 没有上锁，新密码要用旧密码加密才能写入；请先用厂家的应用以已知的密码上锁，再运行一次。没有写入任何设置。`,
    en: `${address} stands open, and a new secret can only be written under its old one: lock it with its known code in its maker's app, then run this again. Nothing was written.`,
  }),
  'needs-button': (address: string): Words => ({
    zh: `${address} 不在配置模式；请按一下它的按钮再试。`,
    en: `${address} is not in its configuration mode; press its button and try again.`,
  }),
  'unsupported-beacon': (address: string, detail: string): Words => ({
    zh: `${address} 的固件不受支持：${detail}。`,
    en: `The firmware of ${address} is not supported: ${detail}.`,
  }),
  'unreadable-answer': (address: string, detail: string): Words => ({
    zh: `看不懂 ${address} 的应答：${detail}；请再试一次。`,
    en: `The answer of ${address} makes no sense: ${detail}; try again.`,
  }),
  'config-rejected': (address: string, detail: string): Words => ({
    zh: `${address} 没有接受设置：${detail}。`,
    en: `${address} did not take its settings: ${detail}.`,
  }),
}

/** Makes a fault of what a beacon answered. `detail` never holds a secret. */
export function driverFault(id: keyof typeof sentences, address: string, detail = ''): BeaconFault {
  return new BeaconFault(id, sentences[id](address, detail))
}
