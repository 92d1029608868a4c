import { couponsAboveCap, redemptionWrong, shownNotHonoured, tallyWrong } from './check-offers.ts'
import { letOutOwing, ticketMoney, toldOfParkingLost } from './check-parking.ts'
import { erasedPersonFound, outboxNotEmpty, visitsOverlap, visitWithoutConsent } from './check-people.ts'
import { floorsDisagree, screenDiffers } from './check-screens.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import type { Ledger } from './ledger.ts'

/**
 * Everything that must not be: of the database alone, and with a ledger also of what clients were told. Pure.
 * O(n log n) of the rows.
 * @returns findings, none when all is well
 */
export function audit(facts: Facts, ledger?: Ledger): Finding[] {
  const found = [
    ...couponsAboveCap(facts),
    ...tallyWrong(facts),
    ...visitsOverlap(facts),
    ...visitWithoutConsent(facts),
    ...ticketMoney(facts),
    ...erasedPersonFound(facts),
    ...outboxNotEmpty(facts),
  ]
  if (!ledger) return found
  return [
    ...found,
    ...shownNotHonoured(facts, ledger),
    ...redemptionWrong(facts, ledger),
    ...toldOfParkingLost(facts, ledger),
    ...letOutOwing(facts, ledger),
    ...screenDiffers(facts, ledger),
    ...floorsDisagree(ledger),
  ]
}

/** How much an audit looked at, so that a clean one is known not to be an empty one. */
export function extentOf(facts: Facts, ledger?: Ledger): Readonly<Record<string, number>> {
  const { campaigns, grants, redemptions, visits, tickets, payments } = facts
  return {
    ...{ campaigns: campaigns.length, offers: grants.length, redemptions: redemptions.length },
    ...{ visits: visits.length, tickets: tickets.length, payments: payments.length },
    ...(ledger
      ? {
          ...{ screens: ledger.screens.length, shownOffers: ledger.shownOffers.length },
          ...{ tillVisits: ledger.tillVisits.length, barrierEvents: ledger.barrierEvents.length },
          erased: ledger.erased.length,
        }
      : {}),
  }
}
