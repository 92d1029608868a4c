export * from './instructions-of.ts'
export type { Turn } from './manoeuvres.ts'
export { instructionLanguages, placeName, textOf, words } from './words.ts'
export type { InstructionLanguage, Side } from './words.ts'
