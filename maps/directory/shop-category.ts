import type { Labels, ShopCategory } from '../model/index.ts'
import { brandOf } from './brands.ts'
import { categoryByWords } from './name-words.ts'
import { foldOccupantCategory } from './occupant-categories.ts'

/**
 * The IMDF category that tells most about a shop: the source's own when the standard knows it, otherwise
 * that of the brand its names stand for, otherwise what a word of its names tells (`沸谷火锅`).
 *
 * @returns the source's category unchanged when nothing better is known
 */
export function occupantCategoryOf(category: string, names: Labels): string {
  if (foldOccupantCategory(category) !== undefined) return category
  const values = Object.values(names)
  for (const name of values) {
    const brand = brandOf(name)
    if (brand) return brand.category
  }
  for (const name of values) {
    const told = categoryByWords(name)
    if (told !== undefined) return told
  }
  return category
}

/**
 * One of the ten shop categories for an occupant, by which screens tint and filter.
 *
 * @param category the occupant's IMDF category; `unspecified` or unknown words are looked past
 * @param names the occupant's names in any language
 * @returns `life`, the general retailer, when neither category nor names tell
 */
export function shopCategoryOf(category: string, names: Labels): ShopCategory {
  return foldOccupantCategory(occupantCategoryOf(category, names)) ?? 'life'
}
