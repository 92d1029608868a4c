export * from './connector.ts'
export * from './connectors-of.ts'
export * from './suggest-connectors.ts'
export * from './with-connectors.ts'
