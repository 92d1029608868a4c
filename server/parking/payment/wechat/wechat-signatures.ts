import {
  constants,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  X509Certificate,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/**
 * The signatures of WeChat Pay API v3: RSA with SHA-256 and PKCS #1 v1.5 over lines that each end with a line
 * feed, and AES-256-GCM for what notices carry.
 * Source: WeChat Pay merchant documents, "APIv3 签名与验签", "如何解密回调报文" (pay.weixin.qq.com/doc/v3/merchant).
 */

/** Answers and notices whose time differs from ours by more than this are not believed. */
const clockToleranceMs = 5 * 60_000

/** Keys of one merchant. */
export interface WeChatPayKeys {
  readonly merchantId: string
  /** Serial number of the merchant's certificate. */
  readonly serial: string
  readonly privateKey: KeyObject
  /** By serial number of the platform certificate, or id of the platform public key (`PUB_KEY_ID_…`). */
  readonly platformKeys: ReadonlyMap<string, KeyObject>
  /** The API v3 key: 32 bytes. */
  readonly apiV3Key: Uint8Array
}

/**
 * Reads keys as the merchant platform gives them out.
 * @param options.platform a public key with its id, or a platform certificate, whose serial is read from it
 * @throws Error when one of them cannot be used
 */
export function readWeChatPayKeys(options: {
  readonly merchantId: string
  readonly serial: string
  readonly privateKeyPem: string
  readonly platform: { readonly pem: string; readonly id?: string }
  readonly apiV3Key: string
}): WeChatPayKeys {
  const apiV3Key = new Uint8Array(Buffer.from(options.apiV3Key, 'utf8'))
  if (apiV3Key.length !== 32) throw new Error('The API v3 key of WeChat Pay has 32 characters.')
  const { pem, id } = options.platform
  const isCertificate = pem.includes('BEGIN CERTIFICATE')
  const certificate = isCertificate ? new X509Certificate(pem) : undefined
  const platformId = certificate?.serialNumber ?? id
  if (platformId === undefined) throw new Error('A platform public key of WeChat Pay needs its id.')
  return {
    merchantId: options.merchantId,
    serial: options.serial,
    privateKey: createPrivateKey(options.privateKeyPem),
    platformKeys: new Map([[platformId, certificate?.publicKey ?? createPublicKey(pem)]]),
    apiV3Key,
  }
}

/** Signs lines; base64. */
export function signLines(key: KeyObject, lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('')
  return createSign('RSA-SHA256').update(text).sign({ key, padding: constants.RSA_PKCS1_PADDING }, 'base64')
}

/** The Authorization field of a request. `pathAndQuery` and `body` exactly as they are sent. */
export function authorization(
  { merchantId, serial, privateKey }: WeChatPayKeys,
  request: { readonly method: string; readonly pathAndQuery: string; readonly body: string },
  once: { readonly timestampS: number; readonly nonce: string },
): string {
  const { method, pathAndQuery, body } = request
  const timestamp = String(once.timestampS)
  const signature = signLines(privateKey, [method, pathAndQuery, timestamp, once.nonce, body])
  const fields = { mchid: merchantId, nonce_str: once.nonce, signature, timestamp, serial_no: serial }
  const list = Object.entries(fields).map(([name, value]) => `${name}="${value}"`)
  return `WECHATPAY2-SHA256-RSA2048 ${list.join(',')}`
}

/**
 * Whether an answer or a notice comes from WeChat Pay, unchanged and lately: its signature fits one of the
 * platform's keys we know, and its time is within five minutes of ours.
 */
export function isFromWeChatPay(
  { platformKeys }: WeChatPayKeys,
  header: (name: string) => string,
  body: Uint8Array,
  nowMs: number,
): boolean {
  const key = platformKeys.get(header('wechatpay-serial'))
  const timestamp = header('wechatpay-timestamp')
  const atMs = Number(timestamp) * 1000
  if (!key || timestamp === '' || !(Math.abs(nowMs - atMs) <= clockToleranceMs)) return false
  return createVerify('RSA-SHA256')
    .update(`${timestamp}\n${header('wechatpay-nonce')}\n`)
    .update(body)
    .update('\n')
    .verify({ key, padding: constants.RSA_PKCS1_PADDING }, header('wechatpay-signature'), 'base64')
}

/** What a notice carries, encrypted. */
export interface SealedResource {
  readonly ciphertext: string
  readonly nonce: string
  readonly associatedData: string
}

const tagBytes = 16

/** Opens what a notice carries. @returns undefined when it was changed or sealed with another key */
export function openResource({ apiV3Key }: WeChatPayKeys, sealed: SealedResource): string | undefined {
  const bytes = Buffer.from(sealed.ciphertext, 'base64')
  if (bytes.length <= tagBytes || sealed.nonce.length !== 12) return undefined
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce)
    .setAAD(Buffer.from(sealed.associatedData))
    .setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
