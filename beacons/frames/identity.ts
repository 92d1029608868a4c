/** What an iBeacon advertises to be told from others. */
export interface BeaconIdentity {
  /** Lower case, with hyphens. */
  readonly uuid: string
  /** 0 to 65535; here the number of the level. */
  readonly major: number
  /** 0 to 65535; here a number of its own within the level. */
  readonly minor: number
}
