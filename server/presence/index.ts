export type * from './presence-event.ts'
