// Under a name of our own: banners of bundles declare `createRequire`.
import { createRequire as requireFrom, register, type RegisterOptions } from 'node:module'
import { pathToFileURL } from 'node:url'
import { packageOf, SET } from './load-instrumentations.ts'

const hooked = new Set<string>()

interface SyncHooks {
  readonly supportsSyncHooks: () => boolean
  readonly register: (options: { include: readonly string[] }) => void
}

/**
 * Has the instrumentations hear of modules that are imported from now on, as they hear of those that are required: by the hook that their packages bring along, for the modules that they patch and for no others.
 * @param mainFile from where the packages are found
 */
export function hookImports(names: readonly string[], modules: readonly string[], mainFile: string): void {
  const include = [...new Set(modules)]
  for (const name of names) {
    const hook = hookOf(packageOf(name), mainFile)
    if (hook === undefined || hooked.has(hook)) continue
    hooked.add(hook)
    const sync = syncHooks(hook)
    if (sync?.supportsSyncHooks() === true) sync.register({ include })
    else register(pathToFileURL(hook), { data: { include } } as RegisterOptions<unknown>)
  }
}

/** Those without a thread of their own; undefined where the package is older than they are. */
function syncHooks(hook: string): SyncHooks | undefined {
  try {
    return requireFrom(hook)('./register-hooks.mjs') as SyncHooks
  } catch {
    return undefined
  }
}

/** The file of the hook, through the packages that lead to it. */
function hookOf(packageName: string, mainFile: string): string | undefined {
  for (const way of [[packageName], [SET, packageName]]) {
    try {
      const resolve = (at: string, name: string): string => requireFrom(at).resolve(name)
      return [...way, '@opentelemetry/instrumentation', 'import-in-the-middle/hook.mjs'].reduce(resolve, mainFile)
    } catch {
      // not this way
    }
  }
  return undefined
}
