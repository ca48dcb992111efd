import { signal } from '@preact/signals'
import type { HealthAnswer, StatsAnswer } from './contract.ts'
import { requestJson } from './request.ts'

export type Connection = 'connecting' | 'connected' | 'lost'

const HEALTH_EVERY_MILLIS = 3_000
const RETRY_EVERY_MILLIS = 750
const STATS_EVERY_HEALTH = 3

/** Whether the server answers. */
export const connection = signal<Connection>('connecting')
export const health = signal<HealthAnswer | null>(null)
export const stats = signal<StatsAnswer | null>(null)
/** Counts the times the server came back; who shows data reads it again then. */
export const comebacks = signal(0)

let timer: ReturnType<typeof setTimeout> | undefined
let round = 0

/** Asks the server how it is, now and from now on. Called once, when the page starts. */
export function watchConnection(): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) checkNow()
  })
  void check()
}

/** Asks at once instead of at the next turn: a failed call elsewhere suspects that the server is gone. */
export function checkNow(): void {
  clearTimeout(timer)
  void check()
}

async function check(): Promise<void> {
  clearTimeout(timer)
  try {
    health.value = await requestJson<HealthAnswer>('logs/health')
    const wasLost = connection.value === 'lost'
    connection.value = 'connected'
    if (wasLost) comebacks.value++
    if (wasLost || round++ % STATS_EVERY_HEALTH === 0) stats.value = await requestJson<StatsAnswer>('logs/stats')
  } catch {
    connection.value = 'lost'
    round = 0
  }
  clearTimeout(timer)
  const pause = connection.value === 'lost' ? RETRY_EVERY_MILLIS : HEALTH_EVERY_MILLIS
  timer = setTimeout(() => void check(), document.hidden ? pause * 10 : pause)
}
