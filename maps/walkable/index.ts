export * from './doors.ts'
export * from './floor.ts'
export * from './unit-roles.ts'
export * from './walkable-area.ts'
