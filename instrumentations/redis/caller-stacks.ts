import { framesOf } from './reply-error.ts'

/** So many stacks are kept in each tenth of a second: at a hundred thousand commands a second, one for each would cost as much as the commands. */
const MOST = 20
const WINDOW_MILLIS = 100
const DEPTH = 24
/** Frames of the clients, and of clew itself: how a command is sent is not where it was called. */
const INSIDE = /[\\/](?:@redis[\\/][a-z-]+|ioredis\d*|standard-as-callback)[\\/](?:dist|built)[\\/]/
/** Undefined in a bundle. */
const OURS = (import.meta.url as string | undefined)?.replace('file://', '').replace(/redis[\\/][^\\/]*$/, '')

/** Where commands were called, for those that fail: a server's answer comes back without it. */
export class CallerStacks {
  #began = 0
  #left = 0

  /** @returns undefined for more of them than a busy program can afford */
  take(now: number): object | undefined {
    if (now - this.#began > WINDOW_MILLIS) {
      this.#began = now
      this.#left = MOST
    }
    if (this.#left <= 0) return undefined
    this.#left--
    const before = Error.stackTraceLimit
    const taken = {}
    Error.stackTraceLimit = DEPTH
    Error.captureStackTrace(taken)
    Error.stackTraceLimit = before
    return taken
  }
}

/** The frames of a stack that was taken, without those of the clients. */
export function callerFrames(taken: { readonly stack?: unknown } | undefined): string | undefined {
  const frames = framesOf(taken?.stack)
  if (frames === '') return undefined
  const outside = frames
    .slice(1)
    .split('\n')
    .filter((frame) => !INSIDE.test(frame) && (OURS === undefined || !frame.includes(OURS)))
  return outside.length === 0 ? undefined : `\n${outside.join('\n')}`
}
