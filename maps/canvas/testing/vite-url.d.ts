/** Vite gives the address of a file whose name is followed by `?url`. */
declare module '*?url' {
  const url: string
  export default url
}
