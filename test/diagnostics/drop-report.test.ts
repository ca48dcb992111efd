import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DropReport, type Notes } from '../../src/diagnostics/index.ts'

let lines: string[]
let totals: Record<string, number>
let report: DropReport
beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  totals = { refused: 0, expired: 0 }
  const notes = { say: (code: string, message: string) => lines.push(`${message} [${code}]`) } as unknown as Notes
  report = new DropReport(notes, () => ({ ...totals }))
})
afterEach(() => vi.useRealTimers())

function drop(reason: string, count: number): void {
  totals[reason] = (totals[reason] ?? 0) + count
  report.changed()
}

test('says at once what was left out, by reason', () => {
  drop('refused', 3)
  expect(lines).toEqual(['left out: 3 refused [dropped]'])
})

test('says in one line, 30 s after the last, all that was left out since', () => {
  drop('refused', 1)
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(1_000)
    drop('refused', 1)
    drop('expired', 2)
  }
  expect(lines).toHaveLength(1)
  vi.advanceTimersByTime(10_000)
  expect(lines.slice(1)).toEqual(['left out since the last line like this: 20 refused, 40 expired [dropped]'])
  vi.advanceTimersByTime(100_000)
  expect(lines).toHaveLength(2)
})

test('says the rest at the end, and nothing when there is none', () => {
  drop('refused', 1)
  drop('expired', 2)
  report.tell()
  report.tell()
  expect(lines.slice(1)).toEqual(['left out since the last line like this: 2 expired [dropped]'])
})
