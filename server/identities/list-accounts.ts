import type { Database } from '../database/index.ts'
import { accountEntity } from './account.entity.ts'
import type { AccountRow, VenueScope } from './account.entity.ts'
import { usernameKey } from './username.ts'

/** Accounts in the order of their names, of those an operator of these venues may manage. */
export function listAccounts(
  { dataSource }: Database,
  { venues, after, limit }: { venues: VenueScope; after: string | undefined; limit: number },
): Promise<AccountRow[]> {
  const query = dataSource.manager
    .createQueryBuilder(accountEntity, 'account')
    .orderBy('account.usernameKey', 'ASC')
    .take(limit)
  if (after !== undefined) query.andWhere('account.usernameKey > :after', { after: usernameKey(after) })
  // As `mayManage` decides it: an account of all venues is within no list of them.
  if (venues !== 'all') {
    query.andWhere(`jsonb_typeof(account.venues) = 'array' AND account.venues <@ CAST(:venues AS jsonb)`, {
      venues: JSON.stringify(venues),
    })
  }
  return query.getMany()
}
