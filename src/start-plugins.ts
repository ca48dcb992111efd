import { loadBeside } from './loading/index.ts'
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
  const { createResource, Plugins } = loadBeside<typeof PluginModule>(import.meta.url, './plugins/index', () =>
    require('./plugins/index.js'),
  )
  return new Plugins(settings, {
    encoding,
    resource: createResource(settings.resource, encoding),
    failed: (plugin, error) => failed(nameOf(plugin), error),
  })
}

function nameOf(plugin: { readonly constructor?: { readonly name?: unknown } }): string {
  return plainText(plugin.constructor?.name ?? 'a plugin')
}
