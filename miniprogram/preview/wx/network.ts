import type { Phone } from '../device/phone.ts'
import { call, listeners, WxFailure } from './api.ts'
import type { Callbacks } from './api.ts'

/** WeChat keeps no more connections open. */
export const socketsMax = 5

interface RequestOptions extends Callbacks {
  readonly url: string
  readonly method?: string
  readonly header?: Readonly<Record<string, string>>
  readonly data?: unknown
  readonly dataType?: string
  readonly responseType?: 'text' | 'arraybuffer'
  readonly timeout?: number
}

/** Requests and sockets, cut off while the phone has no network. */
export function networkApi(phone: Phone) {
  const status = listeners<{ isConnected: boolean; networkType: string }>()
  const networkType = () => (phone.state.network ? 'wifi' : 'none')
  const open = new Set<WebSocket>()
  phone.on('change', ({ now, before }) => {
    if (now.network !== before.network) {
      status.tell({ isConnected: now.network, networkType: networkType() })
    }
    // A phone that goes to another app soon loses its connections.
    if (!now.network || now.background) for (const socket of open) socket.close()
  })
  return {
    request: (options: RequestOptions) => request(phone, options),
    connectSocket: (options: SocketOptions) => connect(phone, open, options),
    getNetworkType: call('getNetworkType', () => ({ networkType: networkType() })),
    onNetworkStatusChange: status.on,
    offNetworkStatusChange: status.off,
  }
}

function request(phone: Phone, options: RequestOptions): { abort: () => void } {
  const controller = new AbortController()
  const finish = (told: ((result: object) => void) | undefined, result: object) => {
    told?.(result)
    options.complete?.(result)
  }
  void (async () => {
    try {
      if (!phone.state.network) throw new WxFailure('net::ERR_INTERNET_DISCONNECTED')
      finish(options.success, await send(options, controller.signal))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      finish(options.fail, { errMsg: `request:fail ${reason}`, errno: 600001 })
    }
  })()
  return {
    abort: () => {
      controller.abort(new Error('abort'))
    },
  }
}

async function send(options: RequestOptions, aborted: AbortSignal): Promise<object> {
  const {
    url,
    method = 'GET',
    header,
    data,
    dataType = 'json',
    responseType = 'text',
    timeout = 60_000,
  } = options
  const hasBody = method !== 'GET' && data !== undefined
  const response = await fetch(url, {
    method,
    headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...header },
    ...(hasBody && { body: bodyOf(data) }),
    signal: AbortSignal.any([aborted, AbortSignal.timeout(timeout)]),
  })
  const content = responseType === 'arraybuffer' ? await response.arrayBuffer() : await response.text()
  return {
    statusCode: response.status,
    header: Object.fromEntries(response.headers),
    data: typeof content === 'string' && dataType === 'json' ? parsed(content) : content,
    cookies: [],
    errMsg: 'request:ok',
  }
}

function bodyOf(data: unknown): BodyInit {
  if (typeof data === 'string' || data instanceof ArrayBuffer) return data
  return JSON.stringify(data)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface SocketOptions extends Callbacks {
  readonly url: string
  readonly protocols?: readonly string[]
}

function connect(phone: Phone, open: Set<WebSocket>, options: SocketOptions) {
  const refusal = !phone.state.network
    ? 'net::ERR_INTERNET_DISCONNECTED'
    : open.size >= socketsMax
      ? 'exceed max concurrent socket count'
      : undefined
  const onError = listeners<object>()
  const onOpen = listeners<object>()
  const onClose = listeners<object>()
  const onMessage = listeners<object>()
  if (refusal !== undefined) {
    setTimeout(() => {
      const failure = { errMsg: `connectSocket:fail ${refusal}` }
      options.fail?.(failure)
      onError.tell(failure)
    })
  }
  const address = options.url.replace(/^(wss?:\/\/)?\//, (_, scheme: string | undefined) =>
    scheme === undefined ? `${location.origin.replace('http', 'ws')}/` : '',
  )
  const socket = refusal === undefined ? new WebSocket(address, [...(options.protocols ?? [])]) : undefined
  if (socket) {
    open.add(socket)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => {
      onOpen.tell({ header: {} })
    })
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      onMessage.tell({ data })
    })
    socket.addEventListener('close', ({ code, reason }) => {
      open.delete(socket)
      onClose.tell({ code, reason })
    })
    socket.addEventListener('error', () => {
      onError.tell({ errMsg: 'connectSocket:fail' })
    })
  }
  return {
    send: ({ data, success, fail }: { data: string | ArrayBuffer } & Callbacks) => {
      if (socket?.readyState !== WebSocket.OPEN) {
        fail?.({ errMsg: 'sendSocketMessage:fail socket is not open' })
        return
      }
      socket.send(data)
      success?.({ errMsg: 'sendSocketMessage:ok' })
    },
    close: ({ code = 1000, reason = '' }: { code?: number; reason?: string } = {}) => {
      socket?.close(code, reason)
    },
    onOpen: onOpen.on,
    onClose: onClose.on,
    onError: onError.on,
    onMessage: onMessage.on,
  }
}
