import { join } from 'node:path'
import { realpathSync } from 'node:fs'
import type { CoveredInstrumentations } from './covered-instrumentations.ts'
import { loadBeside } from './loading/index.ts'
import type { Encoding } from './otlp/index.ts'
import type * as PluginModule from './plugins/index.ts'
import type { Plugins, UserInstrumentations } from './plugins/index.ts'
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

/** Takes the user's instrumentations in hand; undefined where there are none. They are enabled by whoever asked. */
export function startInstrumentations(
  { instrumentations, redis, disabled }: Settings,
  covered: CoveredInstrumentations,
  failed: (name: string, error: unknown) => void,
): UserInstrumentations | undefined {
  if (disabled || instrumentations.length === 0) return undefined
  const { UserInstrumentations } = loadPlugins()
  const parts = { covered: covered.given, hearsRedis: redis !== false, mainFile: mainFile(), failed }
  return new UserInstrumentations(instrumentations, parts)
}

/** From which the program's packages are found. */
function mainFile(): string {
  try {
    return realpathSync(process.argv[1] ?? '')
  } catch {
    return join(process.cwd(), 'main.js')
  }
}

function loadPlugins(): typeof PluginModule {
  return loadBeside<typeof PluginModule>(import.meta.url, './plugins/index', () => require('./plugins/index.js'))
}

function nameOf(plugin: { readonly constructor?: { readonly name?: unknown } }): string {
  return plainText(plugin.constructor?.name ?? 'a plugin')
}
