/** A sentence for a person, in the two languages of the product. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** An expected refusal: what was expected, what came, what to do. */
export interface Refused {
  readonly refused: string
  readonly words: Words
}
