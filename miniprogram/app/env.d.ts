/** Address of the server without a trailing slash, set by the build; empty in the preview. */
declare const ATRIUM_SERVER: string

/** The colours of `ui/tokens.css`, by theme and name; put there by the build. */
declare module 'virtual:tokens' {
  export const light: Readonly<Record<string, string>>
  export const dark: Readonly<Record<string, string>>
}

declare module '*.svg?raw' {
  const text: string
  export default text
}
