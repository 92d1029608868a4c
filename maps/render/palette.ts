/**
 * The colours a map is drawn with, by their names in the look's one source, `ui/tokens.css`; shop tints
 * are `t-<category>` and the inks on them `c-<category>`. The light and the dark theme are two palettes.
 */
export const mapTokens = [
  'ink',
  'paper',
  'on-ink',
  'outside',
  'floor',
  'side',
  'edge',
  'void',
  'void-edge',
  'aux',
  'closed',
  'vacant',
  'rest',
  'wall',
  'wall-2',
  'bay',
  'bay-line',
  'amen',
  'on-amen',
  't-food',
  't-fashion',
  't-kids',
  't-beauty',
  't-jewel',
  't-sport',
  't-digital',
  't-life',
  't-fun',
  't-service',
  'c-food',
  'c-fashion',
  'c-kids',
  'c-beauty',
  'c-jewel',
  'c-sport',
  'c-digital',
  'c-life',
  'c-fun',
  'c-service',
] as const

export type MapToken = (typeof mapTokens)[number]

/** A colour `#rrggbb` for every token of the map. */
export type Palette = Readonly<Record<MapToken, string>>
