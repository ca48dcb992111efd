import { isFound, modulesOf, type PatchedModule } from './instrumented-modules.ts'
import type { OtelInstrumentation } from './sdk-shapes.ts'

/** From these versions on clients tell of themselves, and clew hears them. */
const OWN_FROM: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  '@redis/client': [5, 12],
  ioredis: [5, 11],
}

/** The instrumentations of Redis clients, which clew leaves older versions to. */
const REDIS = new Set([
  '@opentelemetry/instrumentation-redis',
  '@opentelemetry/instrumentation-redis-4',
  '@opentelemetry/instrumentation-ioredis',
])

/** What an instrumentation patched of its own accord, before any limit. */
const ranges = new WeakMap<PatchedModule, readonly (readonly string[])[]>()

export function isRedis({ instrumentationName }: OtelInstrumentation): boolean {
  return REDIS.has(instrumentationName)
}

/**
 * Limits an instrumentation of a Redis client to the versions that clew does not hear itself, or takes the limit back.
 * @param isLimited whether clew's own is on
 * @returns false when it can't be limited, since it is of another make than is known
 */
export function shareRedis(instrumentation: OtelInstrumentation, isLimited: boolean): boolean {
  const modules = modulesOf(instrumentation)
  if (isLimited) instrumentation.disable()
  for (const module of modules) limit(module, isLimited ? OWN_FROM[module.name] : undefined)
  return modules.length > 0
}

function limit(module: PatchedModule, from: readonly [number, number] | undefined): void {
  const places = [module, ...module.files]
  const before = ranges.get(module) ?? places.map(({ supportedVersions }) => supportedVersions)
  ranges.set(module, before)
  const older = from === undefined ? '' : ` <${from[0]}.${from[1]}.0`
  for (const [index, place] of places.entries()) {
    place.supportedVersions = (before[index] ?? []).map((range) => range + older)
    // One that was patched already would be patched again.
    if (from !== undefined && isFound(module) && !isBefore(module.moduleVersion, from)) delete place.moduleExports
  }
}

function isBefore(version: string | undefined, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = (version ?? '').split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}

/** Keeps the arguments of commands out of spans, where the user has not said how they are written. */
export function withoutArguments(instrumentation: OtelInstrumentation): void {
  const config = instrumentation.getConfig() as { readonly dbStatementSerializer?: unknown }
  if (config.dbStatementSerializer === undefined)
    instrumentation.setConfig({ ...config, dbStatementSerializer: (command: string) => command })
}
