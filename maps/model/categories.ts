/**
 * The ten shop categories every Atrium screen tells apart, by tint and glyph. IMDF's occupant category
 * list is finer; `shopCategoryOf` in `maps/directory` folds it (and a source's own words) into these.
 */
export const shopCategories = [
  'food',
  'fashion',
  'kids',
  'beauty',
  'jewel',
  'sport',
  'digital',
  'life',
  'fun',
  'service',
] as const

export type ShopCategory = (typeof shopCategories)[number]
