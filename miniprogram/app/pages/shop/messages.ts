import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    go: '带我去',
    call: '打电话',
    open: '营业中',
    until: '到 {time}',
    closed: '休息中',
    opens: '{time} 开门',
    where: '{level}，{near}',
    away: '{minutes} 分钟 · {metres} 米',
    unknown: '这家店不在地图上了',
    unknownHint: '商场更新了地图，回去再搜一次。',
  },
  {
    go: 'Take me there',
    call: 'Call',
    open: 'Open',
    until: 'until {time}',
    closed: 'Closed',
    opens: 'opens {time}',
    where: '{level}, {near}',
    away: '{minutes} min · {metres} m',
    unknown: 'This place is no longer on the map',
    unknownHint: 'The mall has a new map: search again.',
  },
)
