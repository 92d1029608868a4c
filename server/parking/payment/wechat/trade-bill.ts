/** A line of WeChat Pay's bill of a day. */
export interface BillLine {
  /** The merchant's order number. */
  readonly order: string
  readonly transactionId: string
  readonly amountFen: number
  readonly paidAtMs: number
  readonly venueId?: string
}

/** A refund on WeChat Pay's bill of a day. */
export interface RefundLine {
  /** The merchant's numbers of the order and of the refund. */
  readonly order: string
  readonly number: string
  readonly amountFen: number
  readonly status: string
  /** NaN while it has not come through. */
  readonly doneAtMs: number
  readonly venueId?: string
}

const columns = {
  at: '交易时间',
  transaction: '微信订单号',
  order: '商户订单号',
  state: '交易状态',
  total: '订单金额',
  attach: '商户数据包',
  refundNumber: '商户退款单号',
  /** What the merchant gave back; `退款金额` leaves out coupons. */
  refund: '申请退款金额',
  refundState: '退款状态',
  refundedAt: '退款成功时间',
} as const

/**
 * Reads a bill of payments: a line of column names, then one line a payment whose fields each begin with a
 * backtick, then a line of names and one of sums. Columns are found by their names, as their number differs from
 * merchant to merchant. Only payments are taken: refunds of the day have a bill of their own.
 * Source: WeChat Pay merchant documents, "下载账单 · 账单文件格式".
 * @returns nothing for the empty text of a day without a bill
 * @throws Error when a column is missing or a line cannot be read: half a bill is no bill
 */
export function readTradeBill(text: string): BillLine[] {
  const { at, transaction, order, state, total } = columns
  return rowsOf(text, [at, transaction, order, state, total]).flatMap((field) => {
    if (field(state) !== 'SUCCESS') return []
    return {
      order: field(order),
      transactionId: field(transaction),
      amountFen: fenOf(field(total)),
      paidAtMs: timeOf(field(at)),
      ...venueOf(field),
    }
  })
}

/** Reads a bill of refunds, written as {@link readTradeBill} says; what came through has to say when. */
export function readRefundBill(text: string): RefundLine[] {
  const { order, refundNumber, refund, refundState, refundedAt } = columns
  return rowsOf(text, [order, refundNumber, refund, refundState, refundedAt]).map((field) => ({
    order: field(order),
    number: field(refundNumber),
    amountFen: fenOf(field(refund)),
    status: field(refundState),
    doneAtMs: field(refundState) === 'SUCCESS' ? timeOf(field(refundedAt)) : NaN,
    ...venueOf(field),
  }))
}

/** A field of a line by its column's name; empty for a column the bill has not. */
type Field = (name: string) => string

function rowsOf(text: string, needed: readonly string[]): Field[] {
  if (text === '') return []
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split(',').map((name) => name.trim())
  for (const name of needed) {
    if (!names.includes(name)) throw new Error(`The bill of WeChat Pay has no column ${name}.`)
  }
  const rows: Field[] = []
  for (const line of lines) {
    // Sums follow, under names of their own.
    if (!line.startsWith('`')) break
    const fields = line.slice(1).split(',`')
    rows.push((name) => fields[names.indexOf(name)]?.trim() ?? '')
  }
  return rows
}

function venueOf(field: Field): { readonly venueId?: string } {
  const venueId = field(columns.attach)
  return venueId === '' ? {} : { venueId }
}

/** Yuan with at most two decimals as fen, without a floating point in between. */
function fenOf(yuan: string): number {
  const parts = /^(\d+)(?:\.(\d{1,2}))?$/.exec(yuan)
  if (!parts) throw new Error('The bill of WeChat Pay holds an amount that is none.')
  return Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
}

/** `2026-11-22 10:00:00` on China's clocks. */
function timeOf(text: string): number {
  const atMs = Date.parse(`${text.replace(' ', 'T')}+08:00`)
  if (Number.isNaN(atMs)) throw new Error('The bill of WeChat Pay holds a time that is none.')
  return atMs
}
