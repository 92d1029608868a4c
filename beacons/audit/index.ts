/** What the air says of beacons: heard, verified under one, audited on a walk. Pure: packets in, judgements out. */
export { AirLog, intervalOf } from './air-log.ts'
export type { AirPacket, Heard } from './air-log.ts'
export { verifyOnAir } from './verify.ts'
export type { Check, CheckId, ExpectedBeacon } from './verify.ts'
export { auditWalk } from './walk-audit.ts'
export type { AuditedBeacon, AuditFinding, AuditKind, ForeignBeacon, WalkAudit } from './walk-audit.ts'
