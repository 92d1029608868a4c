/** What the address of the map page says: which venue, level and place to open, and in which language. */
export interface DeepLink {
  /** Slug of the venue. */
  readonly venue?: string
  /** Short name of the level, as on the lift button: `F2`. */
  readonly level?: string
  /** Id of the destination. */
  readonly place?: string
  readonly lang?: string
}

const names = ['venue', 'level', 'place', 'lang'] as const

/** Reads `?venue=&level=&place=&lang=`; what is missing or empty is left out. */
export function readDeepLink(search: string): DeepLink {
  const parameters = new URLSearchParams(search)
  const link: Partial<Record<(typeof names)[number], string>> = {}
  for (const name of names) {
    const value = parameters.get(name)
    if (value) link[name] = value
  }
  return link
}

/** The address of the map page that shows this again, on whatever device it is opened. */
export function writeDeepLink(link: DeepLink): string {
  const parameters = new URLSearchParams()
  for (const name of names) {
    const value = link[name]
    if (value) parameters.set(name, value)
  }
  return `/map?${parameters.toString()}`
}
