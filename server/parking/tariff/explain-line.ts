import type { Labels } from '../../../maps/model/index.ts'
import type { Benefit, DayKind, PriceLine } from './tariff.ts'

const dayWords: Readonly<Record<DayKind, Labels>> = {
  workday: { zh: '工作日', en: 'workday' },
  restday: { zh: '周末', en: 'weekend' },
  holiday: { zh: '节假日', en: 'holiday' },
}

const bandWords: Readonly<Record<string, Labels>> = {
  day: { zh: '白天', en: 'day' },
  night: { zh: '夜间', en: 'night' },
  all: { zh: '全天', en: 'all day' },
}

const fromWords: Readonly<Record<Benefit['from'], Labels>> = {
  member: { zh: '会员权益', en: 'Member benefit' },
  coupon: { zh: '停车券', en: 'Parking coupon' },
  shop: { zh: '商户优惠', en: 'Shop validation' },
}

/** Fen as yuan are written: `12.50`. */
export function yuanOf(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const whole = Math.abs(fen)
  return `${sign}${String(Math.floor(whole / 100))}.${String(whole % 100).padStart(2, '0')}`
}

/** One line of a calculation in words, Chinese and English. */
export function explainLine(line: PriceLine): Labels {
  switch (line.kind) {
    case 'free-minutes':
      return { zh: `免费 ${line.minutes} 分钟`, en: `${line.minutes} minutes free` }
    case 'time': {
      const { date, dayKind, band, units, unitMinutes, fenPerUnit } = line
      const price = yuanOf(fenPerUnit)
      const name = bandName(band)
      return {
        zh: `${date}（${dayWords[dayKind].zh!}）${name.zh!}：${units} 个 ${unitMinutes} 分钟 × ¥${price}`,
        en: `${date} (${dayWords[dayKind].en!}), ${name.en!}: ${units} started ${unitMinutes} min × ¥${price}`,
      }
    }
    case 'band-cap': {
      const { date, band, capFen } = line
      const name = bandName(band)
      return {
        zh: `${date} ${name.zh!}封顶 ¥${yuanOf(capFen)}`,
        en: `Cap for ${name.en!} of ${date}: ¥${yuanOf(capFen)}`,
      }
    }
    case 'day-cap':
      return {
        zh: `${line.date} 当日封顶 ¥${yuanOf(line.capFen)}`,
        en: `Cap for the day of ${line.date}: ¥${yuanOf(line.capFen)}`,
      }
    case 'period-cap':
      return {
        zh: `${line.date} 起 24 小时封顶 ¥${yuanOf(line.capFen)}`,
        en: `Cap for the 24 hours from ${line.date}: ¥${yuanOf(line.capFen)}`,
      }
    case 'benefit':
      return benefitWords(line.benefit)
    case 'paid':
      return { zh: '已付', en: 'Paid already' }
    case 'honoured':
      return { zh: '缴费后离场时间内不另计费', en: 'No charge while there is time to leave after paying' }
  }
}

function bandName(band: string): Labels {
  return bandWords[band] ?? { zh: band, en: band }
}

function benefitWords(benefit: Benefit): Labels {
  const { zh, en } = fromWords[benefit.from]
  switch (benefit.kind) {
    case 'minutes':
      return { zh: `${zh!}：免费 ${benefit.minutes} 分钟`, en: `${en!}: ${benefit.minutes} minutes free` }
    case 'percent':
      return { zh: `${zh!}：减 ${benefit.percent}%`, en: `${en!}: ${benefit.percent}% off` }
    case 'amount':
      return {
        zh: `${zh!}：减 ¥${yuanOf(benefit.amountFen)}`,
        en: `${en!}: ¥${yuanOf(benefit.amountFen)} off`,
      }
  }
}
