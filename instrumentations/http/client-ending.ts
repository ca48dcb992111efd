import type { LevelName } from '../../src/logging/index.ts'

/** How a call ended. */
export interface Ending {
  /** Undefined when no answer has come. */
  readonly status: number | undefined
  readonly failed: boolean
  /** Whether it has not ended, but takes too long to wait for that. */
  readonly unfinished: boolean
  readonly slow: boolean
}

/** What a call's record says. */
export interface EndingTold {
  readonly level: LevelName
  readonly message: string
}

/** What is said of a call that ended like this. */
export function endingOf({ status, failed, unfinished, slow }: Ending): EndingTold {
  const isRefused = status !== undefined && status >= 400
  if (unfinished)
    return { level: status === undefined || isRefused ? 'WARNING' : 'INFO', message: 'external API call still open' }
  const subject = slow && !failed ? 'slow external API call' : 'external API call'
  if (!failed) return { level: slow || isRefused ? 'WARNING' : 'INFO', message: subject }
  // Once an answer has begun it is mostly the caller who breaks off: a stream that has told enough.
  if (status !== undefined) return { level: 'WARNING', message: `${subject} broken off` }
  return { level: 'ERROR', message: `${subject} failed` }
}

const NAME = /^[\w.$-]{1,64}$/
/** Node, undici and the web platform have codes of their own for these, each another one. */
const COMMON = new Set(['AbortError', 'TimeoutError'])

/** Why a call failed: the code where Node or undici gives one (`ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`), else the error's name. */
export function clientErrorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  if (typeof name === 'string' && COMMON.has(name)) return name
  if (typeof code === 'string' && NAME.test(code)) return code
  return typeof name === 'string' && NAME.test(name) ? name : 'Error'
}
