export * from './client.ts'
export { levelGeoJson } from './level-geojson.ts'
