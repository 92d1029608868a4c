/** Opens the embedded database in the folder that is the first argument, for a test that has it open already. */
import { silentLog } from '../../testing/silent-log.ts'
import { openDatabase } from '../index.ts'

const [dataDir = ''] = process.argv.slice(2)
const database = await openDatabase({ dataDir, entities: [], migrations: [], log: silentLog })
await database.close()
