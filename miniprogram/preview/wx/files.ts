import { WxFailure } from './api.ts'

/** Where a mini-program may write. */
export const userDataPath = 'http://usr'

/** WeChat keeps no more than this for one mini-program. */
export const filesMaxBytes = 200 * 1024 * 1024

type Content = string | ArrayBuffer

interface FileOptions {
  readonly filePath?: string
  readonly dirPath?: string
  readonly path?: string
  readonly data?: Content
  readonly encoding?: string
  readonly success?: (result: object) => void
  readonly fail?: (error: object) => void
  readonly complete?: (result: object) => void
}

/**
 * Files below `wx.env.USER_DATA_PATH`, kept while the page is open: what an app caches has to be fetched
 * again after a reload, which is what an app must bear anyway.
 */
export function fileApi() {
  const files = new Map<string, Content>()
  const folders = new Set([userDataPath])
  const check = (path: string): string => {
    if (!path.startsWith(`${userDataPath}/`)) throw new WxFailure(`permission denied, open ${path}`)
    return path
  }
  const read = (path: string, encoding?: string): Content => {
    const content = files.get(check(path))
    if (content === undefined) throw new WxFailure(`no such file or directory, open ${path}`)
    if (encoding === undefined)
      return typeof content === 'string' ? new TextEncoder().encode(content).buffer : content
    return typeof content === 'string' ? content : new TextDecoder().decode(content)
  }
  const write = (path: string, data: Content): void => {
    const folder = check(path).slice(0, path.lastIndexOf('/'))
    if (!folders.has(folder)) throw new WxFailure(`no such file or directory, open ${path}`)
    const others = [...files].filter(([other]) => other !== path)
    const bytes = others.reduce((sum, [, content]) => sum + sizeOf(content), sizeOf(data))
    if (bytes > filesMaxBytes) throw new WxFailure('the maximum size of the file storage limit is exceeded')
    files.set(path, data)
  }
  const makeFolder = (path: string) => {
    check(path)
    if (folders.has(path)) throw new WxFailure(`file already exists, mkdir ${path}`)
    folders.add(path)
  }
  const remove = (path: string) => {
    if (!files.delete(check(path))) throw new WxFailure(`no such file or directory, unlink ${path}`)
  }
  const list = (path: string) =>
    [...files.keys()].filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1))
  const access = (path: string) => {
    if (!files.has(path) && !folders.has(path))
      throw new WxFailure(`no such file or directory, access ${path}`)
  }
  const manager = {
    readFileSync: read,
    writeFileSync: write,
    unlinkSync: remove,
    mkdirSync: makeFolder,
    readdirSync: list,
    accessSync: access,
    readFile: told('readFile', ({ filePath = '', encoding }) => ({ data: read(filePath, encoding) })),
    writeFile: told('writeFile', ({ filePath = '', data = '' }) => {
      write(filePath, data)
      return {}
    }),
    unlink: told('unlink', ({ filePath = '' }) => {
      remove(filePath)
      return {}
    }),
    mkdir: told('mkdir', ({ dirPath = '' }) => {
      makeFolder(dirPath)
      return {}
    }),
    readdir: told('readdir', ({ dirPath = '' }) => ({ files: list(dirPath) })),
    access: told('access', ({ path = '' }) => {
      access(path)
      return {}
    }),
  }
  return { getFileSystemManager: () => manager, env: { USER_DATA_PATH: userDataPath } }
}

/** A method of the file system manager: always with callbacks, never a promise. */
function told(name: string, run: (options: FileOptions) => object) {
  return (options: FileOptions): void => {
    let result: object
    try {
      result = { errMsg: `${name}:ok`, ...run(options) }
    } catch (error) {
      const failure = { errMsg: `${name}:fail ${error instanceof Error ? error.message : String(error)}` }
      setTimeout(() => {
        options.fail?.(failure)
        options.complete?.(failure)
      })
      return
    }
    setTimeout(() => {
      options.success?.(result)
      options.complete?.(result)
    })
  }
}

function sizeOf(content: Content): number {
  return typeof content === 'string' ? content.length : content.byteLength
}
