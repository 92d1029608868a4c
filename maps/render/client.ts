/**
 * Everything a client draws with; `index.ts` adds what the server makes of an archive for it, which brings
 * the directory's tables along.
 */
export { bodyHeightM, roofOf } from './bodies.ts'
export * from './camera.ts'
export * from './labels.ts'
export * from './level-map.ts'
export * from './name-in.ts'
export * from './palette.ts'
export * from './scale.ts'
export * from './screen-frame.ts'
export * from './style.ts'
export { glyphImagePx, takenPx } from './style-labels.ts'
export { mixed } from './style-colours.ts'
export type { Accents, StyleLayer, StyleOptions } from './style-values.ts'
export * from './tilted-camera.ts'
export { treadsOf } from './treads.ts'
