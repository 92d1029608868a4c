import vue from '@vitejs/plugin-vue'
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { Plugin } from 'vite'
import { buildMiniProgram } from './build.ts'
import { lightContract } from './light-contract.ts'
import { previewBundle } from './preview-bundle.ts'

const previewFolder = fileURLToPath(new URL('../../miniprogram/preview', import.meta.url))

/**
 * Builds the page that runs the mini-program in a browser, from the very files that ship: the mini-program
 * first, then the page around it.
 *
 * @param options.folder the page's; served at `/miniprogram/`
 * @param options.miniProgramDir where the mini-program itself goes, as WeChat DevTools opens it
 */
export async function buildPreview(options: {
  readonly folder: string
  readonly miniProgramDir: string
}): Promise<void> {
  const { folder, miniProgramDir } = options
  await buildMiniProgram({ outDir: miniProgramDir })
  const script = await previewBundle(miniProgramDir)
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 10)
  const name = `assets/mini-program-${hash}.js`
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(folder, name), script)
  await build({
    root: previewFolder,
    base: '/miniprogram/',
    configFile: false,
    logLevel: 'warn',
    plugins: [lightContract(), vue(), miniProgramScript(`/miniprogram/${name}`)],
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: join(previewFolder, 'index.html'), checks: { bundlerTimings: false } },
    },
  })
}

/** Puts the bundled mini-program before the page's own script: a plain script, untouched by the builder. */
function miniProgramScript(src: string): Plugin {
  return {
    name: 'mini-program-script',
    transformIndexHtml: {
      order: 'post',
      handler: () => [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }],
    },
  }
}
