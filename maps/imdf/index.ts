export { maxProblems, ProblemList } from './problem-list.ts'
export { collectionMembersKey, maxFeatures, readImdf } from './read-imdf.ts'
export type { ReadArchive } from './read-imdf.ts'
export { writeImdf } from './write-imdf.ts'
