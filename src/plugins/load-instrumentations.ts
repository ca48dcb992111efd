// Under a name of our own: banners of bundles declare `createRequire`.
import { createRequire as requireFrom } from 'node:module'
import type { OtelInstrumentation } from './sdk-shapes.ts'

const OFFICIAL = '@opentelemetry/instrumentation-'
/** OpenTelemetry's set of its own instrumentations. */
export const SET = '@opentelemetry/auto-instrumentations-node'

/** How names become instrumentations. */
export interface LoadingParts {
  /** The program's main file, from which packages are looked for. */
  readonly mainFile: string
  /** Whether clew makes one superfluous: it is not loaded then. */
  readonly isCovered: (name: string) => boolean
  /** Hears of a package that could not be loaded. */
  readonly failed: (name: string, error: unknown) => void
}

/** The package that a name stands for: `express` for OpenTelemetry's own; a package's name for itself. */
export function packageOf(name: string): string {
  return name === 'auto' ? SET : /^@|^opentelemetry-/.test(name) ? name : OFFICIAL + name
}

/** Makes the instrumentation that a name stands for, or all of the set. Those that clew makes superfluous are not even loaded. */
export function loadInstrumentations(name: string, parts: LoadingParts): OtelInstrumentation[] {
  const packageName = packageOf(name)
  try {
    const exported = loadPackage(packageName, parts.mainFile)
    return name === 'auto' ? makeSet(exported as SetPackage, parts) : [makeOne(exported as object, packageName)]
  } catch (error) {
    parts.failed(packageName, error)
    return []
  }
}

interface SetPackage {
  readonly getNodeAutoInstrumentations: (config: Record<string, { enabled: false }>) => OtelInstrumentation[]
}

/** The set reads OTEL_NODE_ENABLED_INSTRUMENTATIONS and OTEL_NODE_DISABLED_INSTRUMENTATIONS itself. */
function makeSet({ getNodeAutoInstrumentations }: SetPackage, { isCovered }: LoadingParts): OtelInstrumentation[] {
  const covered = ['http', 'undici', 'pino', 'winston', 'bunyan', 'runtime-node'].map((name) => OFFICIAL + name)
  return getNodeAutoInstrumentations(
    Object.fromEntries(covered.filter(isCovered).map((name) => [name, { enabled: false }])),
  )
}

type InstrumentationClass = new (config?: object) => OtelInstrumentation

/** Without a parent, each module that is loaded would be a trace of its own. */
const CONFIG: Readonly<Record<string, object>> = { [`${OFFICIAL}fs`]: { requireParentSpan: true } }

function makeOne(exported: object, packageName: string): OtelInstrumentation {
  const found = Object.values(exported).find(isInstrumentationClass) as InstrumentationClass | undefined
  if (found === undefined) throw new Error(`${packageName} exports no class of an instrumentation`)
  return new found(CONFIG[packageName])
}

function isInstrumentationClass(exported: unknown): boolean {
  const { prototype } = (exported ?? {}) as { prototype?: Partial<OtelInstrumentation> }
  return typeof exported === 'function' && typeof prototype?.enable === 'function' && 'setTracerProvider' in prototype
}

/** From the program, or from the set, whose packages may not lie beside the program's own. */
function loadPackage(name: string, mainFile: string): unknown {
  const inProgram = requireFrom(mainFile)
  try {
    return inProgram(name)
  } catch (error) {
    if (!isMissing(error) || name === SET) throw error
    const inSet = requireOf(inProgram, SET)
    if (inSet === undefined) throw error
    return inSet(name)
  }
}

function requireOf(from: NodeJS.Require, name: string): NodeJS.Require | undefined {
  try {
    return requireFrom(from.resolve(name))
  } catch {
    return undefined
  }
}

/** Whether a package is not there. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'MODULE_NOT_FOUND'
}
