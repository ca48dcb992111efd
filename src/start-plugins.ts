import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Encoding } from './otlp/index.ts'
import type * as PluginModule from './plugins/index.ts'
import type { Plugins } from './plugins/index.ts'
import type { Settings } from './settings/index.ts'
import { plainText } from './values/index.ts'

/** Puts the user's processors and readers to work. Loads what that takes only where there are any: otherwise answers undefined. */
export function startPlugins(
  settings: Settings,
  encoding: Encoding,
  failed: (plugin: string, error: unknown) => void,
): Plugins | undefined {
  const { logRecordProcessors, spanProcessors, metricReaders, disabled } = settings
  if (disabled || logRecordProcessors.length + spanProcessors.length + metricReaders.length === 0) return undefined
  const { createResource, Plugins } = loadPlugins()
  return new Plugins(settings, {
    encoding,
    resource: createResource(settings.resource, encoding),
    failed: (plugin, error) => failed(nameOf(plugin), error),
  })
}

/** The files beside this one. In a bundle there are none, but the bundler has put in what this `require` names; an ES module that is no bundle has no `require`. */
function loadPlugins(): typeof PluginModule {
  const here = import.meta.url as string | undefined
  const file = here === undefined ? undefined : new URL(`./plugins/index${extname(here)}`, here)
  if (file === undefined || !existsSync(file)) return require('./plugins/index.js') as typeof PluginModule
  return process.getBuiltinModule('node:module').createRequire(file)(fileURLToPath(file)) as typeof PluginModule
}

function nameOf(plugin: { readonly constructor?: { readonly name?: unknown } }): string {
  return plainText(plugin.constructor?.name ?? 'a plugin')
}
