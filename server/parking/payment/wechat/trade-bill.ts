/** A line of WeChat Pay's bill of a day. */
export interface BillLine {
  /** The merchant's order number. */
  readonly order: string
  readonly transactionId: string
  readonly amountFen: number
  readonly paidAtMs: number
  readonly venueId?: string
}

const columns = {
  at: '交易时间',
  transaction: '微信订单号',
  order: '商户订单号',
  state: '交易状态',
  total: '订单金额',
  attach: '商户数据包',
} as const

/**
 * Reads a trade bill: a line of column names, then one line a payment whose fields each begin with a backtick,
 * then a line of names and one of sums. Columns are found by their names, as their number differs from merchant
 * to merchant. Only payments are taken: refunds of the day have their own state.
 * Source: WeChat Pay merchant documents, "下载账单 · 账单文件格式".
 * @throws Error when a column is missing or a line cannot be read: half a bill is no bill
 */
export function readTradeBill(text: string): BillLine[] {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split(',').map((name) => name.trim())
  const indexOf = (name: string) => names.indexOf(name)
  for (const name of [columns.at, columns.transaction, columns.order, columns.state, columns.total]) {
    if (indexOf(name) < 0) throw new Error(`The bill of WeChat Pay has no column ${name}.`)
  }
  const payments: BillLine[] = []
  for (const line of lines) {
    // Sums follow, under names of their own.
    if (!line.startsWith('`')) break
    const fields = line.slice(1).split(',`')
    const field = (name: string) => fields[indexOf(name)]?.trim() ?? ''
    if (field(columns.state) !== 'SUCCESS') continue
    const venueId = indexOf(columns.attach) < 0 ? '' : field(columns.attach)
    payments.push({
      order: field(columns.order),
      transactionId: field(columns.transaction),
      amountFen: fenOf(field(columns.total)),
      paidAtMs: timeOf(field(columns.at)),
      ...(venueId === '' ? {} : { venueId }),
    })
  }
  return payments
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
