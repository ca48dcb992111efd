import { types } from 'node:util'
import { parseLevel } from '../logging/index.ts'
import type { LevelOption } from '../settings/index.ts'
import { CaptureScope, currentScope, runInScope } from './capture-scope.ts'
import { Capture, type CapturedLogs } from './capture.ts'
import { openCaptures } from './open-captures.ts'

/** What a capture takes. */
export interface CaptureOptions {
  /** The least severe level that is captured, whatever the levels are set to. @default the levels that are set; all where clew does not run */
  readonly level?: LevelOption
}

type CapturedFunction<R> = (captured: CapturedLogs) => R

/**
 * Captures the records and the ended spans of this process, as they leave the encoders: safe, and without secrets. Needs no `init()`. Where clew runs, its outputs get none of what is captured, and
 * are as before afterwards. Inside another capture's function it captures what belongs to that function.
 * @throws RangeError for a level that does not exist
 */
export function captureLogs(options?: CaptureOptions): CapturedLogs
/**
 * Captures what a function says, and all that it starts, and nothing else: for tests that run side by side. Ends when the promise that the function returned settles.
 * @returns what the function returns
 * @throws RangeError for a level that does not exist
 */
export function captureLogs<R>(fn: CapturedFunction<R>): R
export function captureLogs<R>(options: CaptureOptions, fn: CapturedFunction<R>): R
export function captureLogs<R>(
  optionsOrFn: CaptureOptions | CapturedFunction<R> = {},
  given?: CapturedFunction<R>,
): CapturedLogs | R {
  const fn = typeof optionsOrFn === 'function' ? optionsOrFn : given
  const minimumSeverity = severityOf(typeof optionsOrFn === 'function' ? undefined : optionsOrFn.level)
  const outer = currentScope()
  if (fn === undefined) return open(outer, minimumSeverity)
  const scope = new CaptureScope(outer)
  return runInScope(scope, () => runCaptured(fn, open(scope, minimumSeverity)))
}

function open(scope: CaptureScope | undefined, minimumSeverity: number | undefined): Capture {
  const capture = new Capture({ scope, minimumSeverity, stop: (stopped) => openCaptures.remove(stopped) })
  openCaptures.add(capture)
  return capture
}

function runCaptured<R>(fn: CapturedFunction<R>, capture: Capture): R {
  let result: R | undefined
  try {
    result = fn(capture)
  } finally {
    if (!types.isPromise(result)) capture.stop()
  }
  return types.isPromise(result) ? (result.finally(() => capture.stop()) as R) : result
}

function severityOf(level: LevelOption | undefined): number | undefined {
  if (level === undefined) return undefined
  const severity = parseLevel(level)
  if (severity !== undefined) return severity
  throw new RangeError(
    `captureLogs({ level }): found ${JSON.stringify(level)}; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL`,
  )
}
