import { writeSync } from 'node:fs'

const QUIET_MILLIS = 30_000

/**
 * How clew speaks of itself: one line on stderr, at most every 30 s for each kind of note; never through the user's logger. What was held back is counted in the next line of its kind.
 */
export class Notes {
  readonly #last = new Map<string, number>()
  readonly #held = new Map<string, number>()

  /** @param code the note's kind, as documented in docs/diagnostics.md */
  note(code: string, message: string): void {
    const now = performance.now()
    const last = this.#last.get(code)
    if (last !== undefined && now - last < QUIET_MILLIS) {
      this.#held.set(code, (this.#held.get(code) ?? 0) + 1)
      return
    }
    const held = this.#held.get(code) ?? 0
    this.#last.set(code, now)
    this.#held.delete(code)
    this.say(code, `${message}${held === 0 ? '' : ` (and ${held} more like this)`}`)
  }

  /** A note that is given as often as it is asked for. */
  say(code: string, message: string): void {
    write(`clew: ${message} [${code}]\n`)
  }

  /** A note that is given once in a process. */
  once(code: string, message: string): void {
    if (this.#last.has(code)) return
    this.#last.set(code, Infinity)
    this.say(code, message)
  }
}

/** Straight to the descriptor: works while the process ends, and can't be caught in a patched console. */
function write(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // stderr is closed or full: there is nobody to tell
  }
}
