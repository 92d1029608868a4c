/**
 * A username as it is compared: compatibility forms and case folded, so that `Lin`, `lin` and `ｌｉｎ` are one.
 * Source: RFC 8265 (UsernameCaseMapped), the part of it that needs no tables of its own.
 */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase()
}
