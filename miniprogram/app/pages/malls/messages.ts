import { messages } from '../../services/messages.ts'

export const texts = messages(
  {
    title: '换个商场',
    meta: '{levels} 层 · {places} 个地方',
    current: '现在看的',
    loading: '正在找商场',
    none: '还没有发布的地图',
    away: '连不上服务器',
    awayHint: '只能看存在手机里的商场。',
    failed: '这个商场的地图还没存到手机里，连上网再换',
  },
  {
    title: 'Choose a mall',
    meta: '{levels} levels · {places} places',
    current: 'Open now',
    loading: 'Looking for malls',
    none: 'No map published yet',
    away: 'The server is out of reach',
    awayHint: 'Only malls kept on this phone can be opened.',
    failed: 'The map of this mall is not on this phone yet: connect first',
  },
)
