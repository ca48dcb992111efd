import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LevelName } from '../../src/logging/index.ts'
import { DEFAULT_SAFETY, errorDetails, errorType } from '../../src/values/index.ts'
import { frameworkTold } from './route.ts'

/** How a request to this process ended. */
export interface Outcome {
  /** Whether it ended before its answer was out. */
  readonly aborted: boolean
  /** Undefined when no answer had begun. */
  readonly status: number | undefined
  readonly route: string | undefined
  readonly errorType: string | undefined
  /** What the application failed at. */
  readonly error: unknown
}

/** What is known of a request when it is over, besides what Node tells. */
export interface Told {
  /** The path that was asked for. */
  readonly path: string
  readonly route: string | undefined
  readonly error: unknown
  /** Why the connection broke, if it did. */
  readonly brokenBy: string
}

/** How the connection of a client that goes away shows in code that still works for it. */
const CLIENT_GONE = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
])
/** A name that is not another each time. */
const TYPE_NAME = /^[\w.$:-]{1,64}$/

/** How a request ended, of one that is over. An error counts where no answer went out, or one that says so: what was answered as the client's own mistake is none of ours. */
export function outcomeOf(request: IncomingMessage, response: ServerResponse, told: Told): Outcome {
  // An answer by HTTP/2 calls itself finished however its stream ended, and so does, in older Nodes, one that is given when the connection is gone already.
  const aborted = !response.writableFinished || request.aborted
  const begun = aborted && !response.headersSent ? undefined : response.statusCode
  const framework = frameworkTold(request, told.path, begun)
  // What a framework answers to a client that has gone is no answer.
  const isGone = aborted && isClientGone(framework.error)
  const status = isGone && (begun ?? 0) >= 400 ? undefined : begun
  const isFailed = status === undefined || status >= 500
  const ofFramework = !isGone && (isFailed || (aborted && status < 400)) ? framework.error : undefined
  const error = (isFailed ? told.error : undefined) ?? ofFramework
  return {
    aborted,
    status,
    route: told.route ?? framework.route,
    error,
    errorType: error === undefined ? typeWithout(told, status, aborted) : typeOf(error),
  }
}

function isClientGone(error: unknown): boolean {
  return CLIENT_GONE.has(String((error as { code?: unknown } | null | undefined)?.code))
}

function typeOf(error: unknown): string {
  const type = errorType(errorDetails(error, DEFAULT_SAFETY))
  return TYPE_NAME.test(type) ? type : 'Error'
}

function typeWithout({ brokenBy }: Told, status: number | undefined, aborted: boolean): string | undefined {
  if (status !== undefined && status >= 500) return String(status)
  return aborted ? brokenBy : undefined
}

/** How severe it is. */
export function levelOf({ aborted, status, error }: Outcome, slow: boolean): LevelName {
  if (error !== undefined || (status !== undefined && status >= 500)) return 'ERROR'
  return slow || aborted || (status !== undefined && status >= 400) ? 'WARNING' : 'INFO'
}

/** What the closing record says. */
export function messageOf({ aborted, error }: Outcome, slow: boolean): string {
  if (aborted) return error === undefined ? 'request aborted' : 'request failed'
  return slow ? 'slow request completed' : 'request completed'
}
