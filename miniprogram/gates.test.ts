import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createContext, Script } from 'node:vm'
import test from 'ava'
import { readAppFiles } from '../bin/miniprogram/app-files.ts'
import { buildMiniProgram } from '../bin/miniprogram/build.ts'
import { packageMaxBytes } from '../bin/miniprogram/package-sizes.ts'
import type { PackageSize } from '../bin/miniprogram/package-sizes.ts'

const require = createRequire(import.meta.url)
const run = promisify(execFile)
const repository = fileURLToPath(new URL('..', import.meta.url))

let folder: string
let sizes: readonly PackageSize[]

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-gates-'))
  sizes = await buildMiniProgram({ outDir: join(folder, 'app'), serverUrl: 'https://mall.example' })
})
test.after.always(async () => {
  await rm(folder, { recursive: true, force: true })
})

const compilers = { linux: 'linux', darwin: 'mac', win32: 'windows' } as const

/** WeChat's own compiler over files; undefined where it has none for this system. */
async function compile(tool: 'wcc' | 'wcsc', files: readonly string[]): Promise<string | undefined> {
  const system = (compilers as Readonly<Record<string, string>>)[process.platform]
  if (system === undefined) return undefined
  const home = dirname(require.resolve('miniprogram-compiler/package.json'))
  const program = join(folder, tool)
  // The package comes without the right to run its programs.
  await copyFile(join(home, 'bin', system, process.platform === 'win32' ? `${tool}.exe` : tool), program)
  await chmod(program, 0o755)
  const options = tool === 'wcc' ? ['-d'] : ['-js']
  const output = join(folder, `${tool}.js`)
  const { stdout, stderr } = await run(program, [...options, '-o', output, ...files], {
    cwd: join(folder, 'app'),
  }).catch((error: unknown) => error as { stdout: string; stderr: string })
  return /ERR|\d+:\d+/.test(stdout + stderr) ? stdout + stderr : ''
}

async function filesOf(ending: string): Promise<string[]> {
  return (await readdir(join(folder, 'app'), { recursive: true })).filter((file) => file.endsWith(ending))
}

test.serial('WeChat’s own compiler takes every template', async (t) => {
  const files = await filesOf('.wxml')
  t.true(files.length >= 8)
  // The scripts of templates are compiled with those that name them.
  t.is((await compile('wcc', [...files, ...(await filesOf('.wxs'))])) ?? '', '')
})

test.serial('WeChat’s own compiler takes every style sheet', async (t) => {
  const files = await filesOf('.wxss')
  t.true(files.length >= 8)
  t.is((await compile('wcsc', files)) ?? '', '')
})

test.serial('the compilers refuse what is wrong: they are not asked in vain', async (t) => {
  if (!(process.platform in compilers)) {
    t.log('left out: WeChat has no compilers for this system')
    t.pass()
    return
  }
  await writeFile(join(folder, 'app/wrong.wxml'), '<view><text></view>')
  await writeFile(join(folder, 'app/wrong.wxss'), 'a { color: red; b { ')
  const answers = [await compile('wcc', ['wrong.wxml']), await compile('wcsc', ['./wrong.wxss'])]
  await rm(join(folder, 'app/wrong.wxml'))
  await rm(join(folder, 'app/wrong.wxss'))
  for (const answer of answers) t.regex(answer ?? '', /wrong/)
})

/** TDesign asks these while it is loaded: they tell of the phone and need nobody's permission. */
const askedByLibrary = {
  getWindowInfo: () => ({ windowWidth: 390, screenWidth: 390, pixelRatio: 3 }),
  getAppBaseInfo: () => ({ SDKVersion: '3.8.0' }),
  getDeviceInfo: () => ({ platform: 'devtools' }),
}

/** Runs a built module as WeChat does: the language, `wx` and its constructors, and nothing of a browser. */
function loadInBareRealm(registered: string[]) {
  const untouchable = new Proxy(askedByLibrary, {
    get: (asked, name) => {
      const answer: unknown = Reflect.get(asked, name)
      if (answer !== undefined) return answer
      throw new Error(`wx.${String(name)} was touched while a module was loaded`)
    },
  })
  const note = (kind: string) => () => void registered.push(kind)
  const realm = createContext(
    {
      wx: untouchable,
      App: note('App'),
      Page: note('Page'),
      Component: note('Component'),
      Behavior: note('Behavior'),
      getApp: () => undefined,
      getCurrentPages: () => [],
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
    },
    { codeGeneration: { strings: false, wasm: false } },
  )
  const loaded = new Map<string, { exports: unknown }>()
  const load = async (path: string): Promise<unknown> => {
    const known = loaded.get(path)
    if (known) return known.exports
    const module = { exports: {} }
    loaded.set(path, module)
    const code = await readFile(join(folder, 'app', path), 'utf8')
    const required = new Map<string, unknown>()
    for (const [, asked] of code.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)) {
      const target = posix.join(posix.dirname(path), asked!)
      required.set(asked!, await load(target.endsWith('.js') ? target : `${target}.js`))
    }
    const wrapped = new Script(`(function (require, module, exports) {${code}\n})`, { filename: path })
    const body = wrapped.runInContext(realm) as (...args: unknown[]) => void
    body((asked: string) => required.get(asked), module, module.exports)
    return module.exports
  }
  return load
}

test('every page evaluates without window, eval, WebSocket or a call of wx but for what TDesign asks', async (t) => {
  const registered: string[] = []
  const load = loadInBareRealm(registered)
  const { components } = readAppFiles(join(folder, 'app'))
  await load('app.js')
  for (const { id } of components) await load(`${id}.js`)
  t.is(registered.filter((kind) => kind === 'App').length, 1)
  t.is(registered.filter((kind) => kind === 'Page').length, components.filter(({ isPage }) => isPage).length)
})

// Before the others: it writes where they read.
test.serial('the bare realm has no way out: a module that needs a browser fails in it', async (t) => {
  for (const code of [
    'window.x',
    'self.x',
    'new WebSocket("x")',
    'new URL("x")',
    'fetch("x")',
    'Function("1")()',
    'eval("1")',
    'process.x',
    'Buffer.x',
    'new TextEncoder()',
  ]) {
    await writeFile(join(folder, 'app/wrong.js'), code)
    await t.throwsAsync(loadInBareRealm([])('wrong.js'), undefined, code)
  }
  await rm(join(folder, 'app/wrong.js'))
})

test('the sources know no browser: they compile without its types', async (t) => {
  const compiler = require.resolve('typescript/bin/tsc')
  const compiled = await run(process.execPath, [compiler, '--noEmit', '-p', 'miniprogram/app'], {
    cwd: repository,
  }).catch((error: unknown) => error as { stdout: string })
  t.is(compiled.stdout, '')
})

test('every package is within WeChat’s two megabytes', (t) => {
  for (const { root, bytes } of sizes) {
    t.true(bytes < packageMaxBytes, `${root === '' ? 'main' : root}: ${bytes} bytes`)
    t.log(`${root === '' ? 'main' : root}: ${bytes} bytes`)
  }
})

/**
 * What asks WeChat’s privacy guide for a declaration, and under which words. Source: 小程序用户隐私保护指引内容介绍,
 * developers.weixin.qq.com/miniprogram/dev/framework/user-privacy/miniprogram-intro.html.
 */
const declared: Readonly<Record<string, readonly string[]>> = {
  '昵称、头像': ['chooseAvatar', 'getUserInfo', 'getUserProfile'],
  位置信息: ['getLocation', 'getFuzzyLocation', 'startLocationUpdate', 'startLocationUpdateBackground'],
  选择的位置信息: ['choosePoi', 'chooseLocation'],
  地址: ['chooseAddress'],
  发票信息: ['chooseInvoiceTitle', 'chooseInvoice'],
  微信运动步数: ['getWeRunData'],
  手机号: ['getPhoneNumber', 'getRealtimePhoneNumber'],
  车牌号: ['chooseLicensePlate'],
  选中的照片或视频信息: ['chooseImage', 'chooseMedia', 'chooseVideo'],
  选中的文件: ['chooseMessageFile'],
  麦克风: ['startRecord', 'getRecorderManager', 'joinVoIPChat', 'live-pusher'],
  摄像头: ['createVKSession', '<camera>'],
  蓝牙: ['openBluetoothAdapter', 'createBLEPeripheralServer'],
  相册: ['saveImageToPhotosAlbum', 'saveVideoToPhotosAlbum'],
  通讯录: ['addPhoneContact'],
  日历: ['addPhoneRepeatCalendar', 'addPhoneCalendar'],
  加速传感器: ['startAccelerometer'],
  磁场传感器: ['startCompass'],
  方向传感器: ['startDeviceMotionListening'],
  陀螺仪传感器: ['startGyroscope'],
  剪切板: ['setClipboardData', 'getClipboardData'],
}

test('the privacy guide of the release page declares what the built files call, and nothing they do not', async (t) => {
  const files = [...(await filesOf('.js')), ...(await filesOf('.wxml'))]
  const built = (await Promise.all(files.map((file) => readFile(join(folder, 'app', file), 'utf8')))).join(
    '\n',
  )
  const page = await readFile(join(repository, 'docs/wechat-release.md'), 'utf8')
  const rows = new Map([...page.matchAll(/^\| (\S+)[^|]*\| ([^|]*)\|/gm)].map(([, what, by]) => [what, by!]))
  for (const [what, interfaces] of Object.entries(declared)) {
    for (const name of interfaces) {
      // A tag is written without its end where it has attributes.
      const isUsed = new RegExp(name.startsWith('<') ? `${name.slice(0, -1)}[ >]` : `\\b${name}\\b`).test(
        built,
      )
      t.is(rows.get(what)?.includes(`\`${name}\``) ?? false, isUsed, `${what}: ${name}`)
    }
  }
})

test('the address of the server is built in, and no schema is', async (t) => {
  const files = await filesOf('.js')
  const all = (await Promise.all(files.map((file) => readFile(join(folder, 'app', file), 'utf8')))).join('\n')
  t.true(all.includes('https://mall.example'))
  t.false(/ZodError|_zod/.test(all))
})
