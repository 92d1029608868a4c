import { messages } from '../../ui/i18n.ts'

/** What the map and the exploded building say, Chinese first. */
export const say = messages(
  {
    map: '地图，{level}',
    here: '你在这里',
    rideTo: '{name}，到 {level}',
    building: '整栋楼的路线：{levels}',
    level: '看 {level}',
    stopsAt: '{name}：{from} 到 {to}',
    goal: '目的地：{name}',
    arrival: '到这里',
  },
  {
    map: 'Map, {level}',
    here: 'You are here',
    rideTo: '{name} to {level}',
    building: 'The way through the building: {levels}',
    level: 'Show {level}',
    stopsAt: '{name}: {from} to {to}',
    goal: 'Destination: {name}',
    arrival: 'Arrive here',
  },
)
