export { createPlateVault, endingLength, signsApart } from './plate-vault.ts'
export type { PlateVault } from './plate-vault.ts'
export { isPlate, maskPlate, readEnding, readPlate, tellsPlate } from './plate.ts'
export type { NoPlate, Plate, PlateKind } from './plate.ts'
