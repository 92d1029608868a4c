/** For tools that read TypeScript but not Vue (the linter); vue-tsc takes the files themselves. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
