import type { Archive, UnitFeature } from '../../../maps/model/index.ts'
import { fullArchive } from './wild-archive.ts'

/** So many units that an import takes long enough to be killed in its middle. */
const unitCount = 800

/** The test mall as its version of this number: every version differs from every other in all of its units. */
export function edition(number: number): Archive {
  const archive = fullArchive()
  const [first] = archive.features.unit
  const more = Array.from({ length: unitCount }, (_, at): UnitFeature => {
    const id = `0a7e1e00-0000-4000-8003-${String(at).padStart(12, '0')}`
    return {
      ...first!,
      id: id as UnitFeature['id'],
      properties: { ...first!.properties, name: { zh: `${number}` } },
    }
  })
  return { ...archive, features: { ...archive.features, unit: [...archive.features.unit, ...more] } }
}
