export * from './zone-index.ts'
