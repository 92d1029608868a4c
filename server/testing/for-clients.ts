/** What the tests of a client need of the server beside a running one: its tables, and how it reads an archive. */
export { entities, migrations } from '../schema.ts'
export { readVenue } from '../venues/archive-files.ts'
