import type { template } from 'glass-easel'

/** A component as the build describes it (`bin/miniprogram/preview-bundle.ts`). */
export interface BundledComponent {
  /** Path without an ending. */
  readonly id: string
  readonly isPage: boolean
  readonly config: Readonly<Record<string, unknown>>
  readonly using: Readonly<Record<string, string>>
  /** Prefix of its classes; absent when its styles are the app's. */
  readonly scope?: string
  readonly style: string
}

export interface AppConfig {
  /** Those of subpackages with their root in front. */
  readonly pages: readonly string[]
  readonly window?: PageWindow
  readonly tabBar?: TabBarConfig
}

export interface TabBarConfig {
  readonly custom?: boolean
  readonly color?: string
  readonly selectedColor?: string
  readonly list: readonly { readonly pagePath: string; readonly text: string }[]
}

/** What a page may say of the bar above it. */
export interface PageWindow {
  /** Colour of the phone's own signs over the page. */
  readonly navigationBarTextStyle?: 'black' | 'white'
  readonly navigationStyle?: 'default' | 'custom'
  readonly navigationBarTitleText?: string
  readonly disableScroll?: boolean
}

/** A module in WeChat's wrapper. Parameters beyond those given stay undefined: what a page must not use. */
export type ModuleBody = (
  require: (path: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  ...given: readonly unknown[]
) => void

type Templates = Readonly<Record<string, template.ComponentTemplate['content']>>

/** A mini-program as one script gives it. */
export interface MiniProgram {
  readonly app: AppConfig
  readonly style: string
  readonly components: readonly BundledComponent[]
  readonly templates: (
    getRegExp: (source: string, flags?: string) => RegExp,
    getDate: (...parts: readonly number[]) => Date,
    wxsConstructor: (value: unknown) => string | undefined,
  ) => Templates
  readonly modules: Readonly<Record<string, ModuleBody>>
}
