import { EntitySchema } from 'typeorm'

/** The code that makes the first operator; at most one row. */
export interface FirstOperatorCodeRow {
  readonly id: 1
  /** SHA-256 of the code, hexadecimal: 60 random bits need no slow hash. */
  readonly codeHash: string
  readonly expiresAt: Date
  /** Wrong codes that were tried. */
  readonly attempts: number
}

export const firstOperatorCodeEntity = new EntitySchema<FirstOperatorCodeRow>({
  name: 'first_operator_code',
  tableName: 'first_operator_code',
  columns: {
    id: { type: 'smallint', primary: true },
    codeHash: { name: 'code_hash', type: 'text' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    attempts: { type: 'integer' },
  },
  checks: [{ name: 'first_operator_code_one', expression: 'id = 1' }],
})
