import { z } from 'zod'
import { oneOf, optionalOneOf, optionalText, text, wholeNumber } from './variables.ts'

const KiB = 1024
const MiB = 1024 * KiB

/**
 * Every environment variable the server reads: default, unit, range and reason. `docs/configuration.md`
 * is made from this table.
 */
const environment = z.object({
  NODE_ENV: oneOf(
    ['production', 'development', 'test'],
    'Outside production every answer is checked against the contract, and a database server may be used ' +
      'with a token secret kept in the data folder.',
  ),
  HOST: text({
    unit: 'address',
    pattern: /^[\w.:-]{1,253}$/,
    range: 'a host name or an IP address',
    fallback: '0.0.0.0',
    why: 'Address to listen on; phones and kiosks of the mall have to reach it.',
  }),
  PORT: wholeNumber({
    unit: 'port',
    min: 0,
    max: 65_535,
    fallback: 8080,
    why: 'Port to listen on; 0 takes a free one.',
  }),
  PUBLIC_URL: optionalText({
    unit: 'URL',
    pattern: /^https?:\/\/[^\s/?#]+$/,
    range: 'http:// or https:// with host and port, without a path',
    fallback: 'the address the server listens on',
    why: 'Where people reach the server. With https:// browsers are told to stay on https.',
  }),
  MINI_PROGRAM_LINK: optionalText({
    unit: 'URL',
    pattern: /^(?=.*\{code\})(?:https|weixin):\/\/[\x21-\x7e]{1,500}$/,
    range: 'https:// or weixin:// with {code} where the code goes',
    fallback: 'handed-over ways open as a plain page',
    why:
      'Opens a handed-over way in the mini-program, such as ' +
      'weixin://dl/business/?appid=…&path=…&query=code%3D{code} (allow it in the mini-program’s settings).',
  }),
  TRUST_PROXY: wholeNumber({
    unit: 'proxies',
    min: 0,
    max: 10,
    fallback: 0,
    why: 'How many reverse proxies stand in front. Their X-Forwarded-For is believed; with 0 nobody is.',
  }),
  DATABASE_URL: optionalText({
    unit: 'URL',
    pattern: /^postgres(?:ql)?:\/\/\S+$/,
    range: 'postgres:// or postgresql://',
    fallback: 'PostGIS embedded in the process, for evaluation and pilots',
    why: 'PostgreSQL 15 or newer with PostGIS 3.3 or newer.',
  }),
  REDIS_URL: optionalText({
    unit: 'URL',
    pattern: /^rediss?:\/\/\S+$/,
    range: 'redis:// or rediss://',
    fallback: 'live streams in the memory of one process, jobs in the database',
    why: 'Redis 6.2 or newer. Joins several nodes into one: what one says, the clients of all hear.',
  }),
  ATRIUM_DATA_DIR: text({
    unit: 'folder',
    pattern: /^[^\0]{1,1000}$/,
    range: 'a path, absolute or relative to the working folder',
    fallback: '.atrium',
    why: 'Holds the embedded database and, where none is given, the token secret. Back it up.',
  }),
  ATRIUM_SIMULATE: oneOf(
    ['on', 'off'],
    'Whether `npm start` brings the demo mall to life with simulated shoppers, while it is the only mall and the ' +
      'database is the embedded one. Never elsewhere.',
  ),
  TOKEN_SECRET: optionalText({
    unit: 'hexadecimal',
    pattern: /^[0-9a-fA-F]{64,256}(?:,[0-9a-fA-F]{64,256}){0,3}$/,
    range: '64 to 256 hexadecimal digits; up to four, separated by commas',
    fallback: 'made once and kept in the data folder; with DATABASE_URL required in production',
    why:
      'Signs the tokens of shoppers. The first signs, all are accepted: put a new one in front to change ' +
      'it. Every node of one installation needs the same.',
  }),
  BEACON_VAULT_KEYS: optionalText({
    unit: 'hexadecimal',
    pattern: /^[0-9a-fA-F]{64}(?:,[0-9a-fA-F]{64}){0,7}$/,
    range: '64 hexadecimal digits; up to eight, separated by commas',
    fallback: 'made from TOKEN_SECRET',
    why:
      'Seal the secrets of beacons. The first seals, all open: put a new one in front to change it, and never take one ' +
      'away that secrets were sealed under.',
  }),
  METRICS_TOKEN: optionalText({
    unit: 'text',
    pattern: /^[\x21-\x7e]{16,256}$/,
    range: '16 to 256 printable ASCII characters',
    fallback: 'only callers on this machine may read /metrics',
    why: 'Bearer token of the system that collects the metrics. Set it behind a reverse proxy.',
  }),
  MAPBOX_TOKEN: optionalText({
    unit: 'text',
    pattern: /^pk\.[\w.-]{10,300}$/,
    range: 'a public token, pk.…',
    fallback: 'maps are drawn by MapLibre, without an account and without calls out',
    why: 'Draws maps with Mapbox GL. It is shown to every client, so it has to be a public one.',
  }),
  WECHAT_APP_ID: optionalText({
    unit: 'text',
    pattern: /^wx[0-9a-z]{6,30}$/,
    range: 'wx… with letters and digits',
    fallback: 'shoppers stay anonymous: nobody can sign in with WeChat',
    why: 'The mini-program whose shoppers may sign in. Goes with WECHAT_APP_SECRET.',
  }),
  WECHAT_APP_SECRET: optionalText({
    unit: 'text',
    pattern: /^[\x21-\x7e]{16,128}$/,
    range: '16 to 128 printable ASCII characters',
    fallback: 'goes with WECHAT_APP_ID',
    why: 'Proves to WeChat that this server belongs to the mini-program. It leaves for WeChat alone.',
  }),
  WECHAT_API_URL: text({
    unit: 'URL',
    pattern: /^(?:https:\/\/[^\s/?#]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)$/,
    range: 'https:// with a host, or http:// on this machine',
    fallback: 'https://api.weixin.qq.com',
    why: 'Where WeChat answers. For development `npm run wechat-stand-in` answers in its place.',
  }),
  WEBHOOK_PRIVATE_ADDRESSES: oneOf(
    ['refuse', 'allow'],
    'Whether webhooks may lead to addresses of a private network, and without TLS. Only where everyone who ' +
      'may set up a webhook may reach that network anyway.',
  ),
  DEMO_PAYMENTS: oneOf(
    ['refuse', 'allow'],
    'Whether parking may be paid by a button that moves no money, where WeChat Pay is not set up. Outside ' +
      'production, and for the demo mall that `npm start` brings, it always may.',
  ),
  WECHAT_PAY_MERCHANT_ID: optionalText({
    unit: 'text',
    pattern: /^\d{8,16}$/,
    range: '8 to 16 digits',
    fallback: 'nobody can pay for parking with WeChat',
    why: 'The merchant who takes the money. Needs the other five, WECHAT_APP_ID and an https PUBLIC_URL.',
  }),
  WECHAT_PAY_SERIAL: optionalText({
    unit: 'hexadecimal',
    pattern: /^[0-9A-Fa-f]{16,64}$/,
    range: '16 to 64 hexadecimal digits',
    fallback: 'goes with WECHAT_PAY_MERCHANT_ID',
    why: 'Serial number of the merchant certificate whose key signs our requests.',
  }),
  WECHAT_PAY_KEY_FILE: optionalText({
    unit: 'file',
    pattern: /^[^\0]{1,1000}$/,
    range: 'a path',
    fallback: 'goes with WECHAT_PAY_MERCHANT_ID',
    why: 'The merchant’s private key (apiclient_key.pem), readable by the server alone.',
  }),
  WECHAT_PAY_PLATFORM_FILE: optionalText({
    unit: 'file',
    pattern: /^[^\0]{1,1000}$/,
    range: 'a path',
    fallback: 'goes with WECHAT_PAY_MERCHANT_ID',
    why: 'WeChat Pay’s public key (pub_key.pem) or platform certificate: answers and notices are checked by it.',
  }),
  WECHAT_PAY_PLATFORM_ID: optionalText({
    unit: 'text',
    pattern: /^PUB_KEY_ID_\d{10,60}$/,
    range: 'PUB_KEY_ID_ and digits',
    fallback: 'read from the certificate',
    why: 'Names WeChat Pay’s public key; not needed with a certificate.',
  }),
  WECHAT_PAY_API_V3_KEY: optionalText({
    unit: 'text',
    pattern: /^[\x21-\x7e]{32}$/,
    range: '32 printable ASCII characters',
    fallback: 'goes with WECHAT_PAY_MERCHANT_ID',
    why: 'Opens what notices of WeChat Pay carry.',
  }),
  WECHAT_PAY_URL: text({
    unit: 'URL',
    pattern: /^(?:https:\/\/[^\s/?#]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)$/,
    range: 'https:// with a host, or http:// on this machine',
    fallback: 'https://api.mch.weixin.qq.com',
    why: 'Where WeChat Pay answers.',
  }),
  LOG_LEVEL: optionalOneOf({
    words: ['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent'],
    fallback: 'info with DATABASE_URL, else warn',
    why: 'Least important line that is written. At info every request has one, which a first look is not helped by.',
  }),
  RATE_LIMIT_ADDRESS: wholeNumber({
    unit: 'requests per minute',
    min: 10,
    max: 1_000_000,
    fallback: 6000,
    why: 'For one address. High, because all phones on a mall’s wireless network share one address.',
  }),
  RATE_LIMIT_IDENTITY: wholeNumber({
    unit: 'requests per minute',
    min: 10,
    max: 100_000,
    fallback: 600,
    why: 'For one account, kiosk or shopper, from whichever address.',
  }),
  BODY_LIMIT: wholeNumber({
    unit: 'bytes',
    min: KiB,
    max: 16 * MiB,
    fallback: 256 * KiB,
    why: 'Largest JSON body. Archives have a limit of their own.',
  }),
  REQUEST_TIMEOUT_MS: wholeNumber({
    unit: 'ms',
    min: 100,
    max: 600_000,
    fallback: 30_000,
    why: 'Longest time to take in a request, and longest time to an answer where an endpoint names no other.',
  }),
  SHUTDOWN_GRACE_MS: wholeNumber({
    unit: 'ms',
    min: 0,
    max: 600_000,
    fallback: 10_000,
    why: 'How long requests under way may take to finish when the server is asked to stop.',
  }),
})

type Environment = z.output<typeof environment>

/** The configuration of a server, read once at its start. */
export interface Config {
  readonly mode: Environment['NODE_ENV']
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly miniProgramLink: Environment['MINI_PROGRAM_LINK']
  /** How many reverse proxies are believed. */
  readonly trustProxy: number
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
  readonly dataDir: string
  /** Hexadecimal; the first signs, all are accepted. Empty: to be made and kept in the data folder. */
  readonly tokenSecrets: readonly string[]
  /** Hexadecimal; the first seals. */
  readonly beaconVaultKeys: readonly string[]
  readonly metricsToken: string | undefined
  readonly mapboxToken: string | undefined
  /** Set when shoppers can sign in with WeChat. */
  readonly weChat: { readonly appId: string; readonly appSecret: string; readonly apiUrl: string } | undefined
  readonly simulate: Environment['ATRIUM_SIMULATE']
  readonly webhookPrivateAddresses: Environment['WEBHOOK_PRIVATE_ADDRESSES']
  /** Set when parking can be paid with WeChat. */
  readonly demoPayments: Environment['DEMO_PAYMENTS']
  readonly weChatPay:
    | {
        readonly merchantId: string
        readonly serial: string
        readonly keyFile: string
        readonly platformFile: string
        readonly platformId: string | undefined
        readonly apiV3Key: string
        readonly url: string
      }
    | undefined
  readonly logLevel: NonNullable<Environment['LOG_LEVEL']>
  /** Requests per minute of one address and of one identity. */
  readonly rateLimit: { readonly address: number; readonly identity: number }
  readonly bodyLimitBytes: number
  readonly requestTimeoutMs: number
  readonly shutdownGraceMs: number
}

/** A variable that cannot be used, and what was expected. Holds no value: it may be a secret. */
export interface ConfigFault {
  readonly variable: string
  readonly message: string
}

/**
 * Reads the configuration from the environment. A variable that is empty counts as absent.
 * @returns the configuration, or all of its faults at once
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
): Config | { readonly refused: 'bad-config'; readonly faults: readonly ConfigFault[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  const faults: ConfigFault[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    variable: path.join('.'),
    message,
  }))
  if (needsTokenSecret(given)) {
    faults.push({
      variable: 'TOKEN_SECRET',
      message:
        'with DATABASE_URL it has no default in production, because every node needs the same: ' +
        'make one with `openssl rand -hex 32`',
    })
  }
  if ((given.WECHAT_APP_ID === undefined) !== (given.WECHAT_APP_SECRET === undefined)) {
    const variable = given.WECHAT_APP_ID === undefined ? 'WECHAT_APP_ID' : 'WECHAT_APP_SECRET'
    faults.push({ variable, message: 'WECHAT_APP_ID and WECHAT_APP_SECRET go together: set both or none' })
  }
  faults.push(...weChatPayFaults(given))
  return parsed.success && faults.length === 0 ? shape(parsed.data) : { refused: 'bad-config', faults }
}

function needsTokenSecret(given: Readonly<Record<string, string | undefined>>): boolean {
  const production = (given.NODE_ENV ?? 'production') === 'production'
  return production && given.DATABASE_URL !== undefined && given.TOKEN_SECRET === undefined
}

const weChatPayParts = [
  'WECHAT_PAY_MERCHANT_ID',
  'WECHAT_PAY_SERIAL',
  'WECHAT_PAY_KEY_FILE',
  'WECHAT_PAY_PLATFORM_FILE',
  'WECHAT_PAY_API_V3_KEY',
] as const

/** Taking money half set up would be found out by somebody who pays. */
function weChatPayFaults(given: Readonly<Record<string, string | undefined>>): ConfigFault[] {
  const missing = weChatPayParts.filter((name) => given[name] === undefined)
  if (missing.length === weChatPayParts.length) return []
  const faults: ConfigFault[] = missing.map((variable) => ({
    variable,
    message: 'the parts of WECHAT_PAY_… go together',
  }))
  if (given.WECHAT_APP_ID === undefined) {
    faults.push({ variable: 'WECHAT_APP_ID', message: 'needed to pay with WeChat' })
  }
  if (!given.PUBLIC_URL?.startsWith('https://')) {
    faults.push({ variable: 'PUBLIC_URL', message: 'https:// is needed for the notices of WeChat Pay' })
  }
  return faults
}

function weChatPayOf(env: Environment): Config['weChatPay'] {
  const { WECHAT_PAY_MERCHANT_ID: merchantId, WECHAT_PAY_SERIAL: serial, WECHAT_PAY_URL: url } = env
  const { WECHAT_PAY_KEY_FILE: keyFile, WECHAT_PAY_PLATFORM_FILE: platformFile } = env
  const { WECHAT_PAY_API_V3_KEY: apiV3Key, WECHAT_PAY_PLATFORM_ID: platformId } = env
  if (merchantId === undefined || serial === undefined || keyFile === undefined) return undefined
  if (platformFile === undefined || apiV3Key === undefined) return undefined
  return { merchantId, serial, keyFile, platformFile, platformId, apiV3Key, url }
}

function shape(env: Environment): Config {
  return {
    mode: env.NODE_ENV,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    miniProgramLink: env.MINI_PROGRAM_LINK,
    trustProxy: env.TRUST_PROXY,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    dataDir: env.ATRIUM_DATA_DIR,
    simulate: env.ATRIUM_SIMULATE,
    tokenSecrets: env.TOKEN_SECRET?.split(',') ?? [],
    beaconVaultKeys: env.BEACON_VAULT_KEYS?.split(',') ?? [],
    metricsToken: env.METRICS_TOKEN,
    mapboxToken: env.MAPBOX_TOKEN,
    weChat:
      env.WECHAT_APP_ID === undefined || env.WECHAT_APP_SECRET === undefined
        ? undefined
        : { appId: env.WECHAT_APP_ID, appSecret: env.WECHAT_APP_SECRET, apiUrl: env.WECHAT_API_URL },
    webhookPrivateAddresses: env.WEBHOOK_PRIVATE_ADDRESSES,
    demoPayments: env.DEMO_PAYMENTS,
    weChatPay: weChatPayOf(env),
    logLevel: env.LOG_LEVEL ?? (env.DATABASE_URL === undefined ? 'warn' : 'info'),
    rateLimit: { address: env.RATE_LIMIT_ADDRESS, identity: env.RATE_LIMIT_IDENTITY },
    bodyLimitBytes: env.BODY_LIMIT,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
  }
}

/** The faults as a person at a terminal reads them: Chinese first, English second, one line each. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  return [
    '配置有误，什么都没有做：',
    'The configuration has faults, nothing was done:',
    ...faults.map(({ variable, message }) => `  ${variable}: ${message}`),
    'docs/configuration.md',
  ].join('\n')
}

/** The variables as a Markdown table; `docs/configuration.md` holds it, and a test keeps it current. */
export function configurationTable(): string {
  const rows = Object.entries(environment.shape).map(([name, schema]) => {
    const words = schema.meta()
    const cell = (key: string) => String(words?.[key]).replaceAll('|', '\\|')
    return `| \`${name}\` | ${cell('fallback')} | ${cell('unit')} | ${cell('range')} | ${cell('why')} |`
  })
  return ['| variable | default | unit | range | reason |', '|---|---|---|---|---|', ...rows].join('\n')
}
