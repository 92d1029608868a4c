export { PersonalData } from './personal-data.ts'
export type { PersonalDataHolder } from './personal-data.ts'
export { purposes } from './purposes.ts'
export type { ConsentChange, Consents, Purpose } from './purposes.ts'
