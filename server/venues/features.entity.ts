import { EntitySchema } from 'typeorm'
import type { EntitySchemaColumnOptions } from 'typeorm'
import { featureTypes } from '../../maps/model/index.ts'
import type { FeatureType } from '../../maps/model/index.ts'
import { columnsOf, featureTables, kindOf, tableOf } from './feature-tables.ts'
import type { Column, ColumnKind, GeometryKind } from './feature-tables.ts'
import { mapVersionEntity } from './map-version.entity.ts'

const wgs84 = 4326

/** What may stand in `geom`, as the migration's check constraints say it. */
const shapeChecks: Readonly<Record<GeometryKind, string | undefined>> = {
  areal: `ST_Dimension(geom) = 2 AND ST_IsValid(geom)`,
  linear: `ST_Dimension(geom) = 1`,
  any: `ST_Dimension(geom) < 2 OR ST_IsValid(geom)`,
  line: undefined,
  point: undefined,
  none: undefined,
}

const columnOptions: Readonly<Record<ColumnKind, EntitySchemaColumnOptions>> = {
  text: { type: 'text', nullable: true },
  json: { type: 'jsonb', nullable: true },
  boolean: { type: 'boolean', nullable: true },
  integer: { type: 'integer', nullable: true },
  texts: { type: 'text', array: true, nullable: true },
  point: { type: 'geometry', spatialFeatureType: 'Point', srid: wgs84, nullable: true },
}

/**
 * Features of one type, each in its version: every property of the standard in a column of its own, the rest
 * in `ext`. Rows are written by `import-venue.command.ts` and never changed afterwards.
 */
function featureEntity(type: FeatureType): EntitySchema<Record<string, unknown>> {
  const table = tableOf(type)
  const { geometry } = featureTables[type]
  const check = shapeChecks[geometry]
  return new EntitySchema({
    name: table,
    tableName: table,
    columns: {
      venue_id: { type: 'uuid', primary: true },
      version_id: { type: 'uuid', primary: true },
      // The archive's own id, letter for letter: a UUID in other hands may be written in capitals.
      id: { type: 'text', primary: true },
      position: { type: 'integer' },
      ...(geometry === 'none' ? {} : { geom: geometryColumn(geometry) }),
      ...Object.fromEntries(columnsOf(type).map(([name, column]) => [name, propertyColumn(column)])),
      ext: { type: 'jsonb' },
      foreign_members: { type: 'jsonb', nullable: true },
    },
    indices: geometry === 'none' ? [] : [{ name: `${table}_geom`, columns: ['geom'], spatial: true }],
    checks: check === undefined ? [] : [{ name: `${table}_shape`, expression: check }],
    foreignKeys: [
      {
        name: `${table}_version`,
        target: mapVersionEntity,
        columnNames: ['venue_id', 'version_id'],
        referencedColumnNames: ['venueId', 'versionId'],
        onDelete: 'CASCADE',
      },
      ...columnsOf(type).flatMap(([name, column]) =>
        typeof column === 'string'
          ? []
          : {
              name: `${table}_${name}`,
              target: tableOf(column.to),
              columnNames: ['venue_id', 'version_id', name],
              referencedColumnNames: ['venue_id', 'version_id', 'id'],
            },
      ),
    ],
  })
}

function geometryColumn(geometry: GeometryKind): EntitySchemaColumnOptions {
  const spatialFeatureType = geometry === 'point' ? 'Point' : geometry === 'line' ? 'LineString' : 'Geometry'
  return { type: 'geometry', spatialFeatureType, srid: wgs84, nullable: geometry === 'any' }
}

function propertyColumn(column: Column): EntitySchemaColumnOptions {
  const required = typeof column === 'object' && column.required === true
  return { ...columnOptions[kindOf(column)], nullable: !required }
}

/** One entity for each of the sixteen types of IMDF. */
export const featureEntities = featureTypes.map(featureEntity)
