import type { Json } from '../model/index.ts'

type Path = readonly (string | number)[]

/** A copy of `node` with the member at `path` set to `value`, or taken out when it is undefined. */
export function withJsonAt(node: Json, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path
  if (key === undefined) return value ?? null
  if (Array.isArray(node)) {
    const list: Json[] = [...(node as readonly Json[])]
    const at = Number(key)
    if (rest.length > 0) list[at] = withJsonAt(list[at] ?? null, rest, value)
    else if (value === undefined) list.splice(at, 1)
    else list[at] = value
    return list
  }
  const members = new Map<string, Json>(isRecord(node) ? Object.entries(node) : [])
  if (rest.length > 0) members.set(String(key), withJsonAt(members.get(String(key)) ?? {}, rest, value))
  else if (value === undefined) members.delete(String(key))
  else members.set(String(key), value)
  return Object.fromEntries(members)
}

/** The member of `node` at `path`; undefined where there is none. */
export function jsonAt(node: Json | undefined, path: Path): Json | undefined {
  let at = node
  for (const key of path) {
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(key)]
    else at = isRecord(at) ? at[key] : undefined
  }
  return at
}

/** What a JSON text holds. */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json
}

/** Files of an archive with one JSON member of one of them changed, or taken out. */
export function withMember(
  files: Readonly<Record<string, string>>,
  name: string,
  path: Path,
  value: Json | undefined,
): Record<string, string> {
  const content = parseJson(files[name] ?? 'null')
  return { ...files, [name]: JSON.stringify(withJsonAt(content, path, value)) }
}

/** A way down into `node`: each number chooses one of the members there; stops at a leaf. */
export function pathInto(node: Json, choices: readonly number[]): string[] {
  const path: string[] = []
  let at: Json | undefined = node
  for (const choice of choices) {
    if (typeof at !== 'object' || at === null) break
    const keys = Object.keys(at)
    const key = keys[choice % Math.max(1, keys.length)]
    if (key === undefined) break
    path.push(key)
    at = jsonAt(at, [key])
  }
  return path
}

function isRecord(node: Json | undefined): node is Readonly<Record<string, Json>> {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}
