import { isBuiltin } from 'node:module'
import { loadedModules } from '../loading/index.ts'
import type { OtelInstrumentation } from './sdk-shapes.ts'

/** One file of a module that is patched. */
interface PatchedFile {
  supportedVersions: string[]
  /** What was found of it. */
  moduleExports?: unknown
}

/** A module that an instrumentation patches, as the class that all official ones inherit from keeps it. */
export interface PatchedModule extends PatchedFile {
  readonly name: string
  /** Of the copy that was found last. */
  readonly moduleVersion?: string
  readonly files: PatchedFile[]
  patch?: (exports: object, version?: string) => unknown
}

interface Modules {
  readonly _modules?: unknown
}

/** The modules that an instrumentation patches, those of its parts included; empty where it is of another make. */
export function modulesOf(instrumentation: OtelInstrumentation): PatchedModule[] {
  return [instrumentation, ...partsOf(instrumentation)].flatMap((part) => {
    const modules = (part as Modules)._modules
    return Array.isArray(modules) ? (modules as PatchedModule[]).filter(isModule) : []
  })
}

/** Those of several majors of a library are made of instrumentations themselves. */
function partsOf(instrumentation: OtelInstrumentation): object[] {
  return Object.values(instrumentation).filter(
    (value): value is object =>
      typeof value === 'object' && value !== null && value !== instrumentation && '_modules' in value,
  )
}

function isModule({ name, supportedVersions, files }: PatchedModule): boolean {
  return typeof name === 'string' && Array.isArray(supportedVersions) && Array.isArray(files)
}

/** Whether anything of a module was found, and so patched. */
export function isFound({ moduleExports, files }: PatchedModule): boolean {
  return moduleExports !== undefined || files.some((file) => file.moduleExports !== undefined)
}

/** Modules that the program has loaded without the instrumentation's knowledge: before it, or by an `import` where no hook hears of imports. */
export function missedModules(modules: readonly PatchedModule[]): string[] {
  const unseen = modules.filter((module) => !isBuiltin(module.name) && !isFound(module) && !module.moduleVersion)
  if (unseen.length === 0) return []
  const files = Object.keys(loadedModules()).map((file) => file.replaceAll('\\', '/'))
  const loaded = files.filter((file) => !file.endsWith('.json'))
  return [...new Set(unseen.map(({ name }) => name))].filter((name) =>
    loaded.some((file) => file.includes(`/node_modules/${name}/`)),
  )
}

/** Modules that were seen while they were loaded, and are of versions that the instrumentation does not know; with these versions, and those it knows. */
export function unknownModules(modules: readonly PatchedModule[]): string[] {
  const found = new Set(modules.filter(isFound).map(({ name }) => name))
  return modules
    .filter(({ name, moduleVersion }) => moduleVersion !== undefined && !found.has(name))
    .map(({ name, moduleVersion, supportedVersions }) => `${name} ${moduleVersion} (${supportedVersions.join(', ')})`)
}

const patchedOnce = new WeakSet<PatchedModule>()

/** Keeps functions of Node's modules from being patched a second time when an import is heard after a require: the namespace that is imported has the patched ones already. */
export function patchOnce(module: PatchedModule): void {
  const { name, patch } = module
  if (patch === undefined || !isBuiltin(name) || patchedOnce.has(module)) return
  patchedOnce.add(module)
  module.patch = (exports, version) => (hasPatched(exports) ? exports : patch.call(module, exports, version))
}

function hasPatched(exports: object): boolean {
  if ((exports as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] !== 'Module') return false
  return Object.values(exports).some(
    (value) => typeof value === 'function' && (value as { readonly __wrapped?: unknown }).__wrapped === true,
  )
}
