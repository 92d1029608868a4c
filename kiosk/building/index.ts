export { default as ExplodedBuilding } from './ExplodedBuilding.vue'
export type * from './model.ts'
