export type * from './context.ts'
export * from './map-canvas-types.ts'
export { openMapCanvas } from './map-canvas.ts'
