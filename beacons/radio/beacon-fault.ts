import type { Words } from '../frames/words.ts'

/** Everything that can go wrong between the tool and a beacon, by a name that does not change. */
export const beaconFaultIds = [
  // The radio.
  'no-bluetooth',
  'no-adapter',
  'adapter-off',
  'not-heard',
  'not-connectable',
  'connect-timeout',
  'link-lost',
  'answer-timeout',
  'no-characteristic',
  'not-permitted',
  'not-authorised',
  'value-rejected',
  'gatt-failed',
  'aborted',
  // What a beacon answers.
  'wrong-secret',
  'locked-out',
  'stands-open',
  'needs-button',
  'unsupported-beacon',
  'unreadable-answer',
  'config-rejected',
  // Keeping account.
  'journal-full',
  'journal-unwritable',
  'journal-in-use',
  'vault-unreachable',
  'vault-refused',
  'registry-unreachable',
] as const
export type BeaconFaultId = (typeof beaconFaultIds)[number]

/** Faults that may be gone at the next try: the air is not a wire. */
const passing: ReadonlySet<BeaconFaultId> = new Set([
  'not-heard',
  'not-connectable',
  'connect-timeout',
  'link-lost',
  'answer-timeout',
  'gatt-failed',
  'unreadable-answer',
  'vault-unreachable',
  'registry-unreachable',
])

/** A fault with a sentence for the installer. `message` is the English one and never holds a secret. */
export class BeaconFault extends Error {
  readonly id: BeaconFaultId
  readonly words: Words

  constructor(id: BeaconFaultId, words: Words, options?: ErrorOptions) {
    super(words.en, options)
    this.name = 'BeaconFault'
    this.id = id
    this.words = words
  }

  /** Whether another try is worth it. */
  get passes(): boolean {
    return passing.has(this.id)
  }
}
