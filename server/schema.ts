import { beaconEntities } from './beacons/beacon.entity.ts'
import { Beacons1795219500000 } from './beacons/migrations/1795219500000-beacons.ts'
import { BeaconLeases1796000001000 } from './beacons/migrations/1796000001000-beacon-leases.ts'
import { BeaconSecrets1796100001000 } from './beacons/migrations/1796100001000-beacon-secrets.ts'
import { idempotencyEntity } from './http/idempotency.entity.ts'
import { IdempotencyKeys1795219300000 } from './http/migrations/1795219300000-idempotency-keys.ts'
import { accountEntity } from './identities/account.entity.ts'
import { accountSessionEntity } from './identities/account-session.entity.ts'
import { auditEntryEntity } from './identities/audit-entry.entity.ts'
import { firstOperatorCodeEntity } from './identities/first-operator-code.entity.ts'
import { kioskDeviceEntity } from './identities/kiosk-device.entity.ts'
import { Identities1795219400000 } from './identities/migrations/1795219400000-identities.ts'
import { AuditOfShoppers1796209500000 } from './identities/migrations/1796209500000-audit-of-shoppers.ts'
import { DeviceRoles1795999999000 } from './identities/migrations/1795999999000-device-roles.ts'
import { Parking1796000000000 } from './parking/migrations/1796000000000-parking.ts'
import { ParkingMends1796100200000 } from './parking/migrations/1796100200000-parking-mends.ts'
import { ParkingExits1796209000000 } from './parking/migrations/1796209000000-parking-exits.ts'
import { parkingEntities } from './parking/parking.entity.ts'
import { featureEntities } from './venues/features.entity.ts'
import { mapVersionEntity } from './venues/map-version.entity.ts'
import { campaignEntity, campaignVersionEntity } from './offers/campaign.entity.ts'
import { kioskEntities } from './kiosks/kiosk.entity.ts'
import { Kiosks1796100100000 } from './kiosks/migrations/1796100100000-kiosks.ts'
import { closureEntity } from './navigation/closure.entity.ts'
import { handoffEntity } from './navigation/handoff.entity.ts'
import { Navigation1796100000000 } from './navigation/migrations/1796100000000-navigation.ts'
import { Offers1795219800000 } from './offers/migrations/1795219800000-offers.ts'
import { campaignVisitorEntity, offerGrantEntity, venueVisitEntity } from './offers/offer-grant.entity.ts'
import { redemptionEntity } from './offers/redemption.entity.ts'
import { Outbox1795219700000 } from './outbox/migrations/1795219700000-outbox.ts'
import { outboxEventEntity } from './outbox/index.ts'
import { Visits1795219900000 } from './presence/migrations/1795219900000-visits.ts'
import { visitEntity } from './presence/visit.entity.ts'
import { Venues1795219200000 } from './venues/migrations/1795219200000-venues.ts'
import { VenueTimeZone1796212000000 } from './venues/migrations/1796212000000-venue-time-zone.ts'
import { venueEntity } from './venues/venue.entity.ts'
import { Visitors1795219600000 } from './visitors/migrations/1795219600000-visitors.ts'
import { VisitorPhone1796208000000 } from './visitors/migrations/1796208000000-visitor-phone.ts'
import {
  consentEntryEntity,
  endedVisitorEntity,
  visitorEntity,
  visitorErasureEntity,
} from './visitors/visitor.entity.ts'
import { webhookDeliveryEntity, webhookEntity } from './webhooks/index.ts'
import { Webhooks1795219700001 } from './webhooks/migrations/1795219700001-webhooks.ts'

/** Every table of every subject, for `openDatabase`. */
export const entities = [
  venueEntity,
  mapVersionEntity,
  ...featureEntities,
  idempotencyEntity,
  accountEntity,
  accountSessionEntity,
  kioskDeviceEntity,
  firstOperatorCodeEntity,
  auditEntryEntity,
  ...parkingEntities,
  ...beaconEntities,
  visitorEntity,
  consentEntryEntity,
  visitorErasureEntity,
  endedVisitorEntity,
  outboxEventEntity,
  webhookEntity,
  webhookDeliveryEntity,
  campaignEntity,
  campaignVersionEntity,
  campaignVisitorEntity,
  venueVisitEntity,
  offerGrantEntity,
  redemptionEntity,
  visitEntity,
  closureEntity,
  handoffEntity,
  ...kioskEntities,
]

/** Every change of the tables, in the order in which they were made. */
export const migrations = [
  Venues1795219200000,
  IdempotencyKeys1795219300000,
  Identities1795219400000,
  Beacons1795219500000,
  Visitors1795219600000,
  Outbox1795219700000,
  Webhooks1795219700001,
  Offers1795219800000,
  Visits1795219900000,
  DeviceRoles1795999999000,
  Parking1796000000000,
  BeaconLeases1796000001000,
  Navigation1796100000000,
  BeaconSecrets1796100001000,
  Kiosks1796100100000,
  ParkingMends1796100200000,
  VisitorPhone1796208000000,
  ParkingExits1796209000000,
  AuditOfShoppers1796209500000,
  VenueTimeZone1796212000000,
]
