import type { Encoding, Fields, Scope } from '../otlp/index.ts'
import type { InstrumentationScope, Resource } from './sdk-shapes.ts'
import { shownAttributes } from './shown-attributes.ts'

/** What all plugins of one SDK share. */
export interface PluginParts {
  readonly encoding: Encoding
  readonly resource: Resource
  /** Hears of what a plugin threw. */
  readonly failed: (plugin: object, error: unknown) => void
}

/** A resource as plugins see it. */
export function createResource(fields: Fields, encoding: Encoding): Resource {
  return resourceOf(shownAttributes(fields, encoding))
}

function resourceOf(attributes: Resource['attributes']): Resource {
  return Object.freeze({
    attributes,
    merge: (other: Resource | null) => resourceOf({ ...attributes, ...other?.attributes }),
    getRawAttributes: () => Object.entries(attributes),
  })
}

const scopes = new WeakMap<Scope, InstrumentationScope>()

/** A scope as plugins see it; always the same object, since exporters group by it. */
export function scopeOf(scope: Scope): InstrumentationScope {
  let shown = scopes.get(scope)
  if (shown === undefined) {
    const { name, version } = scope
    shown = Object.freeze(version === undefined ? { name } : { name, version })
    scopes.set(scope, shown)
  }
  return shown
}

/** Calls a plugin; what it throws, or rejects with, goes no further. */
export function callPlugin(plugin: object, parts: PluginParts, call: () => unknown): void {
  try {
    const answer = call()
    if (answer instanceof Promise) answer.catch((error: unknown) => parts.failed(plugin, error))
  } catch (error) {
    parts.failed(plugin, error)
  }
}
