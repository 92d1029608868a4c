/**
 * The database cannot be used as it is, and the operator can help it: the message is a sentence in Chinese and one
 * in English, with what was expected, what came and what to do.
 */
export class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase'
}
