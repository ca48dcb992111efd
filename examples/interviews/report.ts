import { setTimeout as delay } from 'node:timers/promises'
import { getLogger } from 'clew'
import type { SessionStore } from './session-store.ts'

const log = getLogger('reports')
const LAYOUT_MILLIS = 80

/** What is sent to those who decide. */
export interface Report {
  readonly candidate: string
  readonly average: number
}

/** Makes the report of an interview: slow on purpose, so that its record is a warning. */
export function renderReport(store: SessionStore, sessionId: string, candidate: string): Promise<Report> {
  return log.operation('render_report', { fields: { candidate }, slowMillis: 50 }, async (operation) => {
    const scores = await log.operation('collect_answers', { level: 'DEBUG' }, () => store.scores(sessionId))
    log.info('laying out', { answers: scores.length })
    await delay(LAYOUT_MILLIS)
    const average = scores.reduce((total, score) => total + score, 0) / Math.max(1, scores.length)
    operation.set({ 'report.average': average })
    return { candidate, average }
  })
}
