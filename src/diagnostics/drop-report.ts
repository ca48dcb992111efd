import type { Notes } from './notes.ts'

const QUIET_MILLIS = 30_000

/** Says on stderr how many entries were left out, by reason, in one line at most every 30 s. */
export class DropReport {
  readonly #notes: Notes
  readonly #totals: () => Readonly<Record<string, number>>
  #told: Readonly<Record<string, number>> = {}
  #toldAt = -Infinity
  #timer: NodeJS.Timeout | undefined

  /** @param totals entries left out since the start, by reason */
  constructor(notes: Notes, totals: () => Readonly<Record<string, number>>) {
    this.#notes = notes
    this.#totals = totals
  }

  /** Entries were left out: says so now, or once the last line is 30 s old. */
  changed(): void {
    const wait = this.#toldAt + QUIET_MILLIS - performance.now()
    if (wait <= 0) this.tell()
    else this.#timer ??= setTimeout(() => this.tell(), wait).unref()
  }

  /** Says at once what was not said yet: the process ends. */
  tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const totals = this.#totals()
    const news = Object.entries(totals)
      .map(([reason, total]) => ({ reason, count: total - (this.#told[reason] ?? 0) }))
      .filter(({ count }) => count > 0)
    if (news.length === 0) return
    const since = this.#toldAt === -Infinity ? '' : ' since the last line like this'
    this.#told = totals
    this.#toldAt = performance.now()
    this.#notes.say('dropped', `left out${since}: ${news.map(({ reason, count }) => `${count} ${reason}`).join(', ')}`)
  }
}
