import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { temporaryHome } from '../plugins/support.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { startProgram } from '../support/program.ts'

// Five processes start on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** Everything that a program, with its threads and children, has sent when it is over. */
async function run(fixture: string): Promise<OtlpReceiver> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const program = startProgram(`test/context/fixtures/${fixture}`, [], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    NODE_ENV: 'production',
    CLEW_HOME: temporaryHome(),
  })
  onTestFinished(() => void program.child.kill('SIGKILL'))
  const { code, stderr } = await program.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return receiver
}

const said = ({ logs }: OtlpReceiver, body: string): LogEntry[] => logs.filter((entry) => entry.body === body)
const instancesOf = (entries: readonly LogEntry[]): Set<unknown> =>
  new Set(entries.map(({ resource }) => resource.attributes['service.instance.id']))

/** The names of a span and of those around it, from the inside out. */
function wayOut({ spans }: OtlpReceiver, spanId: string | undefined): string[] {
  const names: string[] = []
  let span: SpanEntry | undefined = spans.find((one) => one.spanId === spanId)
  for (; span !== undefined; span = spans.find((one) => one.spanId === span?.parentSpanId)) names.push(span.name)
  return names
}

describe('worker threads that work for many requests', () => {
  test('go on in the trace and the fields of each, and leave none behind', async () => {
    const receiver = await run('workers.mjs')
    const asked = new Map(said(receiver, 'asked').map((entry) => [entry.attributes['job'], entry]))
    const worked = said(receiver, 'worked')
    expect([asked.size, worked.length, instancesOf(worked).size]).toEqual([40, 40, 2])
    for (const { attributes, traceId, spanId } of worked) {
      const { job } = attributes
      expect(traceId).toBe(asked.get(job)?.traceId)
      expect(wayOut(receiver, spanId)).toEqual(['work', 'ask'])
      expect([attributes['session.id'], attributes['worker.job']]).toEqual([`s${String(job)}`, job])
    }
    const outside = [...said(receiver, 'idle'), ...said(receiver, 'outside')]
    expect(outside).toHaveLength(41)
    expect(outside.filter(({ traceId, attributes }) => traceId !== '' || 'session.id' in attributes)).toEqual([])
    const pids = [...asked.values(), ...worked].map(({ resource }) => resource.attributes['process.pid'])
    expect(new Set(pids).size).toBe(1)
    expect(instancesOf([...asked.values(), ...worked]).size).toBe(3)
  })
})

describe('child processes', () => {
  test('go on in the trace, and where the context was sent in the fields', async () => {
    const receiver = await run('processes.mjs')
    const [started] = said(receiver, 'started')
    const worked = said(receiver, 'worked')
    const found = worked.map(({ scope, attributes, spanId }) => [
      scope.name,
      attributes['role'],
      attributes['session.id'],
      wayOut(receiver, spanId),
    ])
    const sent = (role: string): unknown[] => [role, role, 's1', [`work ${role}`, 'start']]
    expect(found.toSorted()).toEqual([
      sent('clustered'),
      sent('clustered'),
      sent('forked'),
      ['spawned', 'spawned', undefined, ['work spawned', 'start']],
    ])
    expect(new Set(worked.map(({ traceId }) => traceId))).toEqual(new Set([started?.traceId]))
    expect(said(receiver, 'idle').map(({ traceId }) => traceId)).toEqual(['', '', ''])
    expect(JSON.stringify(receiver.logs)).not.toContain('hunter2')
    const all = [started as LogEntry, ...worked]
    expect(new Set(all.map(({ resource }) => resource.attributes['process.pid'])).size).toBe(5)
    expect(instancesOf(all).size).toBe(5)
  })
})
