/** A secret of a beacon as the vault keeps it. */
export interface SecretVersion {
  readonly versionId: string
  /** `new`: kept before it was written to the beacon; `proven`: the beacon opened with it; `old`: another was proven since. */
  readonly state: 'new' | 'proven' | 'old'
  readonly driverId: string
  readonly secret: string
  readonly createdAtMs: number
}

/**
 * Where the secrets of beacons are kept, so that none is ever on a beacon alone. Kept by the hardware's address: the
 * identity changes with its work.
 * @throws BeaconFault of every function: `vault-unreachable`, `vault-refused`
 */
export interface SecretVault {
  /** All that a beacon may open with: the proven one first, then new ones, latest first, then old ones. */
  versions(address: string): Promise<readonly SecretVersion[]>
  /**
   * Keeps a new secret; it is durable when this resolves.
   * @param version.versionId chosen by the caller, so that asking twice keeps one
   */
  keep(
    address: string,
    version: { readonly versionId: string; readonly driverId: string; readonly secret: string },
  ): Promise<void>
  /** The beacon opened with it: what was proven before becomes old. Twice is once. */
  prove(address: string, versionId: string): Promise<void>
}

const useOrder = { proven: 0, new: 1, old: 2 } as const

/** Versions in the order in which they are tried: proven, new, old; latest first. */
export function inOrderOfUse(versions: readonly SecretVersion[]): readonly SecretVersion[] {
  return [...versions].sort((a, b) => useOrder[a.state] - useOrder[b.state] || b.createdAtMs - a.createdAtMs)
}
