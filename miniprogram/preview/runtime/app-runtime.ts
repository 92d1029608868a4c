import { globalOptions } from 'glass-easel'
import type { GeneralComponent } from 'glass-easel'
import { component as adapter, MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import type { AssociatedBackend, CodeSpace, Root } from 'glass-easel-miniprogram-adapter'
import { PhoneBackend } from './backend.ts'
import type { BundledComponent, MiniProgram } from './bundle.ts'
import { createModuleLoader } from './modules.ts'
import { SelectorQuery } from './selector-query.ts'
import type { QueryScope } from './selector-query.ts'
import { dataForView } from './set-data.ts'
import { getDate, getRegExp, wxsConstructor } from './wxs.ts'

/** The object a mini-program gives to `App`: its lifecycle and whatever it keeps there. */
export interface AppInstance {
  onLaunch?(options: LaunchOptions): void
  onShow?(options: LaunchOptions): void
  onHide?(): void
  [key: string]: unknown
}

export interface LaunchOptions {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly scene: number
}

interface Definition {
  behaviors?: unknown[]
  [key: string]: unknown
}

/** The components of a mini-program, registered, and its `App`; roots are made from it. */
export interface AppRuntime {
  readonly app: AppInstance
  createRoot(id: string): Root
  createSelectorQuery(scope: QueryScope): SelectorQuery
  /** Runs `app.js`; components run when they are registered. */
  launch(): void
}

/**
 * Registers a bundled mini-program with glass-easel, WeChat's own component framework, of which
 * `glass-easel-miniprogram-adapter` gives `Page`, `Component` and `Behavior`.
 *
 * @param parts.wx what modules get as `wx`
 * @param parts.requirePlugin plug-ins of the platform by name; throws for what is not there
 * @param parts.pages what modules get from `getCurrentPages()`
 */
export function createAppRuntime(parts: {
  readonly program: MiniProgram
  readonly screen: HTMLElement
  readonly wx: unknown
  readonly requirePlugin: (name: string) => unknown
  readonly pages: () => readonly unknown[]
}): AppRuntime {
  const { program, screen, wx, requirePlugin, pages } = parts
  // A property may be called `dataset`: written onto the node it would break the element.
  globalOptions.writeFieldsToNode = false
  const env = new MiniProgramEnv()
  const space = env.createCodeSpace('', true)
  space.setOverallBehavior(readyAfterAttached(space))
  const backend = env.associateBackend(new PhoneBackend(screen))
  const loader = createModuleLoader(program.modules)
  const templates = program.templates(getRegExp, getDate, wxsConstructor)
  let app: AppInstance = {}
  // What is registered belongs to the file being loaded, also from code it shares with others.
  let registering = registrars(space, undefined)
  const given = [
    wx,
    (definition: AppInstance) => {
      app = definition
    },
    (definition: Definition) => registering.Page?.(definition),
    (definition?: Definition) => registering.Component?.(definition),
    registering.Behavior,
    () => app,
    pages,
    requirePlugin,
  ]
  copySetData()
  adapter.ComponentCaller.prototype.createSelectorQuery = function (this: QueryScope) {
    return new SelectorQuery(this, screen)
  } as unknown as typeof adapter.ComponentCaller.prototype.createSelectorQuery
  space.addStyleSheet('app', 'app')
  backend.registerStyleSheetContent('app', program.style)
  for (const component of program.components) addComponent(space, backend, component, templates)
  return {
    get app() {
      return app
    },
    createRoot: (id) => backend.createRoot('page-root', space, id),
    createSelectorQuery: (scope) => new SelectorQuery(scope, screen),
    launch() {
      loader.load('app.js', given)
      for (const { id } of program.components) {
        registering = registrars(space, id)
        loader.load(`${id}.js`, given)
      }
    },
  }
}

/** `ready` follows `attached` once the component has been laid out; glass-easel leaves it to the host. */
function readyAfterAttached(space: CodeSpace) {
  return space.getComponentSpace().defineBehavior({
    lifetimes: {
      attached() {
        // What a lifetime gets as `this` is the adapter's caller; the component is behind it.
        const { _$: component } = this as unknown as { readonly _$: GeneralComponent }
        requestAnimationFrame(() => {
          component.triggerLifetime('ready', [])
        })
      },
    },
  })
}

function addComponent(
  space: CodeSpace,
  backend: AssociatedBackend,
  { id, config, using, scope, style }: BundledComponent,
  templates: ReturnType<MiniProgram['templates']>,
): void {
  const usingComponents = Object.fromEntries(
    Object.entries(using).map(([tag, target]) => [tag, `/${target}`]),
  )
  space.addComponentStaticConfig(id, { ...config, usingComponents })
  space.addCompiledTemplate(id, {
    groupList: templates,
    content: templates[id],
    // `bindtap` without a colon would otherwise be a property of the platform's tags.
    fallbackListenerOnNativeNode: true,
  } as Parameters<CodeSpace['addCompiledTemplate']>[1])
  if (style === '') return
  space.addStyleSheet(id, id, scope)
  backend.registerStyleSheetContent(id, style)
}

/** `Page`, `Component` and `Behavior` for the module of one component. */
function registrars(space: CodeSpace, id: string | undefined) {
  if (id === undefined) return { Page: undefined, Component: undefined, Behavior: behaviorOf(space) }
  return space.componentEnv(id, (env) => {
    const page = env.Page as (definition: Definition) => void
    const component = env.Component as (definition?: Definition) => unknown
    return {
      Page: (definition: Definition) => {
        page(withKnownBehaviors(space, definition))
      },
      Component: (definition?: Definition) =>
        definition ? component(withKnownBehaviors(space, definition)) : component(),
      Behavior: behaviorOf(space),
    }
  })
}

function behaviorOf(space: CodeSpace) {
  const build = (definition?: Definition) => {
    const builder = space.behavior()
    return definition
      ? builder.definition(withKnownBehaviors(space, definition) as object).register()
      : builder
  }
  return Object.assign(build, { trait: space.traitBehavior.bind(space) })
}

const platformBehaviors = new WeakMap<CodeSpace, Map<string, unknown>>()

/** `wx://form-field` and the like are names of the platform's behaviors; here they do nothing, but they exist. */
function withKnownBehaviors(space: CodeSpace, definition: Definition): Definition {
  const known = platformBehaviors.get(space) ?? new Map<string, unknown>()
  platformBehaviors.set(space, known)
  const behaviors = definition.behaviors?.map((behavior) => {
    if (typeof behavior !== 'string') return behavior
    const registered = known.get(behavior) ?? space.behavior().register()
    known.set(behavior, registered)
    return registered
  })
  return behaviors ? { ...definition, behaviors } : definition
}

type SetData = (
  this: { readonly is: string },
  data: Readonly<Record<string, unknown>>,
  callback?: () => void,
) => void

let copies = false

function copySetData(): void {
  if (copies) return
  copies = true
  const { prototype } = adapter.ComponentCaller
  const setData = Reflect.get(prototype, 'setData') as SetData
  prototype.setData = function (this: { readonly is: string }, data, callback) {
    setData.call(this, dataForView(data, this.is), callback)
  } as SetData
}
