export { readCompetition } from './read-competition.ts'
export type { CompetitionOptions } from './read-competition.ts'
