import { answer } from '../child.ts'

/** What a program tells when it is ready. */
export interface StartTrial {
  /** Since the process began. */
  readonly millis: number
  /** All threads. */
  readonly cpuMillis: number
  readonly megabytes: number
}

/** Tells that the program has started. */
export function ready(): void {
  const millis = performance.now()
  const { user, system } = process.cpuUsage()
  answer({
    millis,
    cpuMillis: (user + system) / 1_000,
    megabytes: process.memoryUsage.rss() / 1e6,
  } satisfies StartTrial)
}
