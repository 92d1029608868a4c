import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The pages of the site: `/` lists the screens, `/map` draws the venue. */
export const siteConfig = {
  root: here('.'),
  configFile: false,
  plugins: [vue()],
  build: {
    outDir: here('../dist/site'),
    emptyOutDir: true,
    target: 'es2022',
    // Inline data would need `font-src data:`; a file each keeps the policy strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: here('index.html'), map: here('map/index.html') } },
  },
} satisfies InlineConfig
