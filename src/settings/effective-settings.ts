import { REDACTED } from '../privacy/index.ts'
import { mergeLayers, type Layer, type Origin } from './layers.ts'
import { OPTIONS } from './schema.ts'
import { optionPaths } from './schema-shape.ts'
import { isSecretName, isSecretPath, shownValue } from './shown-value.ts'

/** One setting as it is in force, and who said it. */
export interface EffectiveSetting {
  /** As in `init()`: `otlp.endpoint`. */
  readonly path: string
  /** Without secrets; `none` for what nobody has set and what has no default. */
  readonly value: string
  readonly origin: Origin
  /** The variable, or the line of the file. */
  readonly from: string | undefined
}

/** Every setting with its origin, in the order of the options. Made when it is asked for. */
export function effectiveSettings(layers: readonly Layer[]): readonly EffectiveSetting[] {
  const found = foundSettings(layers, () => true)
  const order = optionPaths(OPTIONS.entries)
  for (const path of order)
    if (!SIGNAL_OPTION.test(path) && !isSaid(path, found))
      found.set(path, { path, value: 'none', origin: 'default', from: undefined })
  return inOrder(found, order)
}

/** Those of them that are no defaults. Takes far less time, at the start of every program. */
export function saidSettings(layers: readonly Layer[]): readonly EffectiveSetting[] {
  const found = foundSettings(layers, ({ origin }) => origin !== 'default')
  return inOrder(found, optionPaths(OPTIONS.entries))
}

function foundSettings(layers: readonly Layer[], isWanted: (layer: Layer) => boolean): Map<string, EffectiveSetting> {
  const found = new Map<string, EffectiveSetting>()
  mergeLayers(layers, (path, layer, value) => {
    if (!isWanted(layer) || isOverruled(layers, layer, path)) return
    found.set(path, { path, value: shown(path, value), origin: layer.origin, from: layer.from?.(path) })
  })
  return found
}

function inOrder(found: ReadonlyMap<string, EffectiveSetting>, order: readonly string[]): EffectiveSetting[] {
  const placeOf = (path: string): number =>
    order.findIndex((one) => `${path}.`.startsWith(`${one}.`) || one.startsWith(`${path}.`))
  const places = new Map([...found.keys()].map((path) => [path, placeOf(path)]))
  return [...found.values()].toSorted((a, b) => Number(places.get(a.path)) - Number(places.get(b.path)))
}

/** Whether something at this path, in it, or above it has been said. */
function isSaid(path: string, found: ReadonlyMap<string, unknown>): boolean {
  return [...found.keys()].some((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`))
}

/** How one signal is sent, where that differs from the others. */
const SIGNAL_OPTION = /^otlp\.(?:logs|traces|metrics)\.(\w+)\.?(.*)/

/** Whether a stronger layer says of all signals what this one says of one of them. */
function isOverruled(layers: readonly Layer[], layer: Layer, path: string): boolean {
  const [, option, header = ''] = SIGNAL_OPTION.exec(path) ?? []
  return layers.slice(0, layers.indexOf(layer)).some(({ options: { otlp } }) => {
    if (option === undefined || typeof otlp !== 'object' || !Object.hasOwn(otlp, option)) return false
    return option !== 'headers' || Object.hasOwn(otlp.headers ?? {}, header)
  })
}

function shown(path: string, value: unknown): string {
  if (isSecretPath(path.split('.')) || isSecretName(path.slice(path.lastIndexOf('.') + 1))) return REDACTED
  if (typeof value === 'string') return shownValue(value).slice(1, -1)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `[${value.map((one) => shown(path, one)).join(', ')}]`
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return String(value)
  const parts = Object.entries(value)
  const isData = [null, Object.prototype].includes(Object.getPrototypeOf(value) as object | null)
  if (!isData || parts.some(([, part]) => typeof part === 'function')) return named(value)
  return `{ ${parts.map(([key, part]) => `${key}: ${shown(key, part)}`).join(', ')} }`
}

/** As it calls itself, such as a sampler; otherwise its class. */
function named(value: object): string {
  try {
    const text: unknown = Object.hasOwn(value, 'toString') && (value as { toString: () => unknown }).toString()
    return typeof text === 'string' && text !== '' ? shownValue(text).slice(1, -1) : value.constructor.name
  } catch {
    return value.constructor.name
  }
}
