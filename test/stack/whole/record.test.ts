import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { decodeLogs } from '../../../src/otlp/decode-request.ts'
import type { LogEntry } from '../../../src/otlp/decode-entry.ts'
import { parseLines, toldByEntry, toldByLine, type Line, type Told } from '../../examples/recruiting-told.ts'
import { eventually } from '../support/eventually.ts'
import { lokiFields } from '../support/loki-fields.ts'
import { RETENTION_CLASSES } from '../support/otlp-files.ts'
import { logs, type LokiLine } from '../support/queries.ts'

const stack = inject('wholeStack')

describe.skipIf(stack === undefined)('every record that the example service said', () => {
  const { loki = '', filesDir = '', recruiting = { lines: '' } } = stack ?? {}
  const lines = recruiting.lines === '' ? [] : parseLines(recruiting.lines)
  const said = new Map(lines.map((line) => [line.uid, expected(line)]))
  let stored: ReadonlyMap<string, LokiLine>

  beforeAll(async () => {
    stored = await eventually('all records in Loki', async () => {
      const found = await logs(loki, '{service_name="recruiting"}')
      const byUid = new Map(found.map((line) => [line.labels['log_record_uid'] ?? '', line]))
      return byUid.size >= said.size ? byUid : undefined
    })
  })

  it('is whole in the collector’s files, once, field by field of the field map', () => {
    const entries = fileEntries(filesDir).filter(({ resource }) => resource.attributes['service.name'] === 'recruiting')

    expect(lines.length).toBeGreaterThan(90)
    expect(entries).toHaveLength(said.size)
    const found = new Map(entries.map((entry) => [entry.attributes['log.record.uid'] as string, toldByEntry(entry)]))
    expect(found).toEqual(new Map([...said].map(([uid, told]) => [uid, { ...told, 'log.record.uid': uid }])))
  })

  it('is whole in Loki, once, each field under the name that LogQL knows it by', () => {
    expect([...stored.keys()].sort()).toEqual([...said.keys()].sort())
    for (const [uid, told] of said) {
      const { line, labels, time } = stored.get(uid) as LokiLine
      const { message, timestamp, 'exception.stacktrace': stack, ...fields } = told
      expect(line).toBe([message, stack].filter((part) => part !== undefined).join('\n'))
      expect(new Date(Number(BigInt(time) / 1_000_000n)).toISOString()).toBe(timestamp)
      expect(labels).toMatchObject(lokiFields(fields))
    }
  })

  it.each(['trace_id', 'session.id', 'clew.request.id', 'user.id', 'http.route', 'clew.action'])(
    'is found by its %s',
    async (field) => {
      const [uid, told] = [...said].findLast(([, each]) => each[field] !== undefined) ?? ['', {}]
      const label = field.replaceAll('.', '_')
      const found = await logs(loki, `{service_name="recruiting"} | ${label}=${JSON.stringify(told[field])}`)
      const same = [...said.values()].filter((each) => each[field] === told[field])
      expect(found.map(({ labels }) => labels['log_record_uid'])).toContain(uid)
      expect(found).toHaveLength(same.length)
    },
  )

  it('has its level and its channel as labels, by which it is kept', () => {
    for (const [uid, told] of said) {
      const { labels } = stored.get(uid) as LokiLine
      expect([labels['level'], labels['channel']]).toEqual([told['level'], told['clew.channel'] ?? 'app'])
    }
  })
})

/** What the service wrote to its own file; the collector tags an error that has no type. */
function expected(line: Line): Told {
  const told = toldByLine(line)
  const isError = line.level === 'ERROR' || line.level === 'CRITICAL'
  return isError && told['error.type'] === undefined ? { ...told, 'error.type': '_OTHER' } : told
}

function fileEntries(folder: string): LogEntry[] {
  const files = RETENTION_CLASSES.map((name) => readFileSync(join(folder, `logs-${name}.jsonl`), 'utf8'))
  const requests = files.flatMap((text) => text.trimEnd().split('\n'))
  return requests.flatMap((request) => decodeLogs(Buffer.from(request), 'json', Date.now()))
}
