export { default as KioskMap } from './KioskMap.vue'
export type * from './model.ts'
