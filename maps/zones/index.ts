export * from './zone-index.ts'
export * from './zones-of-levels.ts'
