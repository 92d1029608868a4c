import type { Words } from '../frames/words.ts'

/** Something of the kit that the installer can help: a sentence in both languages, and a name that does not change. */
export class KitFault extends Error {
  readonly id: string
  readonly words: Words

  constructor(id: string, words: Words, options?: ErrorOptions) {
    super(words.en, options)
    this.name = 'KitFault'
    this.id = id
    this.words = words
  }
}

const reasons: Readonly<Record<string, Words>> = {
  ENOSPC: { zh: '磁盘已满，请腾出空间后重试', en: 'the disk is full: make room and try again' },
  EDQUOT: { zh: '磁盘配额已满，请腾出空间后重试', en: 'the disk quota is used up: make room and try again' },
  EACCES: { zh: '没有权限，请换一个目录（--dir）', en: 'this user may not: name another folder with --dir' },
  EPERM: { zh: '没有权限，请换一个目录（--dir）', en: 'this user may not: name another folder with --dir' },
  EROFS: {
    zh: '磁盘只读，请换一个目录（--dir）',
    en: 'the disk is read-only: name another folder with --dir',
  },
  ENOENT: { zh: '它或其所在目录不存在，请检查路径', en: 'it or its folder is not there: check the path' },
  EISDIR: { zh: '它是目录', en: 'it is a folder: name a file' },
  ENOTDIR: { zh: '路径中有一段不是目录', en: 'a part of the path is no folder: check the path' },
}

/** A file that cannot be read or written, in words; any other error is given back as it is. */
export function fileFault(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  const reason = reasons[code]
  if (!reason) return error
  const id = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'file-unusable'
  return new KitFault(
    id,
    { zh: `无法读写 ${path}：${reason.zh}。`, en: `Expected to read or write ${path}, but ${reason.en}.` },
    { cause: error },
  )
}
