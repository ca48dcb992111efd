import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { PASSWORD } from '../../../examples/demo/interview.ts'
import { CALENDAR_TOKEN, REDIS_PASSWORD } from '../../examples/recruiting-run.ts'
import { eventually } from '../support/eventually.ts'
import { getJson, logs } from '../support/queries.ts'
import { plantedTelemetry } from '../support/planted-telemetry.ts'
import { tempoSpans } from '../support/tempo-trace.ts'

const stack = inject('wholeStack')

describe.skipIf(stack === undefined)('planted secrets', () => {
  const { collector = '', loki = '', tempo = '', prometheus = '', folder = '', recruiting } = stack ?? {}

  it('of the examples are in no file, queue, index or chunk of any server, and in no answer', async () => {
    const secrets = [...(recruiting?.secrets ?? []), PASSWORD, CALENDAR_TOKEN, REDIS_PASSWORD]
    const answers = JSON.stringify(await logs(loki, '{service_name=~".+"}'))

    expect(answers.includes('request completed')).toBe(true)
    expect(filesWith(folder, 'request completed').length).toBeGreaterThan(1)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(5)
      expect(answers.includes(secret), `${secret} in Loki`).toBe(false)
      expect(filesWith(folder, secret)).toEqual([])
    }
  })

  it('of a program without clew are masked on their way, wherever it put them', async () => {
    const secret = `hunter2-${randomBytes(8).toString('hex')}`
    const traceId = randomBytes(16).toString('hex')
    const planted = plantedTelemetry(secret, traceId)
    for (const [path, body] of Object.entries(planted)) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${collector}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(await answer.text()).toMatch(/^\{.*\}$/)
      expect(answer.status).toBe(200)
    }

    const found = await eventually('the records in Loki', async () => {
      const lines = await logs(loki, '{service_name="planted"}')
      return lines.length >= planted['/v1/logs'].resourceLogs[0].scopeLogs[0].logRecords.length ? lines : undefined
    })
    const spans = await eventually('the span in Tempo', async () => {
      const known = await tempoSpans(tempo, traceId)
      return known.length > 0 ? known : undefined
    })
    const series = await eventually('the metric in Prometheus', async () => {
      const url = `${prometheus}/api/v1/series?match[]=${encodeURIComponent('{__name__=~"planted_.*"}')}`
      const { data } = await getJson<{ data: readonly unknown[] }>(url)
      return data.length > 0 ? data : undefined
    })
    expect(leaks({ found, spans, series }, secret)).toEqual([])
    expect(filesWith(folder, secret)).toEqual([])
    expect(JSON.stringify(found)).toContain('kept-as-it-is')
  })
})

/** The paths of the values that hold the secret. */
function leaks(value: unknown, secret: string, path = ''): string[] {
  if (typeof value === 'string') return value.includes(secret) ? [`${path}: ${value}`] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => leaks(inner, secret, `${path}/${key}`))
}

/** The files of all servers that hold the text: what compresses it has it in clear in its write-ahead log. */
function filesWith(folder: string, text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((file) => join(file.parentPath, file.name)).filter((path) => contents(path).includes(text))
}

/** Servers remove files of their own while we look. */
function contents(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
