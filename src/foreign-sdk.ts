/** An SDK that was behind the OpenTelemetry API before clew. */
export interface ForeignSdk {
  readonly name: string
  /** What to do so that clew gets everything. */
  readonly cure: string
}

/** How many SDKs have clew's processors; of those there is nothing to tell. */
export const plugged = { sdks: 0 }

/** One line about an SDK that was there first, and what it keeps; undefined when it has clew's processors. */
export function describeForeign({ name, cure }: ForeignSdk, keeps: readonly string[]): string | undefined {
  if (plugged.sdks > 0) return undefined
  return `${name} was registered with OpenTelemetry before clew and keeps ${keeps.join(', ')}; records of getLogger() come to clew all the same. To have it all: ${cure}`
}

const API = Symbol.for('opentelemetry.js.api.1')

/** What the OpenTelemetry API's globals hold: objects of classes that we know by their names only. */
interface ApiGlobals {
  readonly version?: string
  readonly trace?: { getDelegate?(): object }
  readonly context?: object
  readonly propagation?: object
  readonly metrics?: object
  readonly logs?: object
}

/**
 * Finds out which SDK is behind the OpenTelemetry API, by the names of its classes and its traces on `globalThis`; loads nothing.
 * @returns undefined when there is none
 */
export function findForeignSdk(): ForeignSdk | undefined {
  const api = (globalThis as { [API]?: ApiGlobals })[API] ?? {}
  const { trace, context, propagation, metrics, logs } = api
  const parts = [trace?.getDelegate?.() ?? trace, context, propagation, metrics, logs]
  const names = parts.filter((part) => part !== undefined).map(className)
  if (names.length === 0) return api.version === undefined ? undefined : otherApi(api.version)
  if (names.some((name) => name.startsWith('Sentry'))) return SENTRY
  if (isDatadog(className(context))) return DATADOG
  return names.some((name) => SDK_CLASS.test(name)) ? NODE_SDK : UNKNOWN
}

/** Bundled classes have a number at their end. */
const SDK_CLASS = /^(Basic|Node)?(Tracer|Meter|Logger)Provider(\$\d+)?$/

function isDatadog(contextManager: string): boolean {
  return '_ddtrace' in globalThis || Symbol.for('dd-trace') in globalThis || contextManager === 'ContextManager'
}

/** It may be of our version: then nothing was in our way. */
function otherApi(version: string): ForeignSdk {
  return {
    name: `a copy of @opentelemetry/api of version ${version}`,
    cure: 'have one version of it in the program (npm ls @opentelemetry/api)',
  }
}

function className(part: { readonly constructor?: { readonly name?: string } } | undefined): string {
  return part?.constructor?.name ?? ''
}

const PLUG_IN = "or give it clew's processors, from 'clew/processors'"
export const NODE_SDK: ForeignSdk = {
  name: 'NodeSDK, or another use of @opentelemetry/sdk-trace, sdk-metrics or sdk-logs,',
  cure: `call init() before it starts, ${PLUG_IN}`,
}
export const SENTRY: ForeignSdk = {
  name: 'Sentry',
  cure: 'leave OpenTelemetry to clew: Sentry.init({ enableOpenTelemetrySetup: false }), or skipOpenTelemetrySetup: true before version 11',
}
export const DATADOG: ForeignSdk = {
  name: 'dd-trace',
  cure: "do not register its TracerProvider, or call clew's init() alone",
}
const UNKNOWN: ForeignSdk = { name: 'an SDK that clew does not know', cure: `call init() before it, ${PLUG_IN}` }
