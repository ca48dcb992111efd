import { describe, expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'
import { receiverOfTest, temporaryHome } from './support.ts'

/** Runs a program that another SDK is in, and answers what it said and what clew sent of it. */
async function withForeign(which: string, late = '', environment: Record<string, string> = {}) {
  const receiver = await receiverOfTest()
  const end = await runProgram('test/fixtures/plugins/foreign.mjs', [which, late], {
    ...environment,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CLEW_HOME: temporaryHome(),
  })
  expect({ code: end.code, stdout: end.stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\{.*\}\n$/) })
  const said = JSON.parse(end.stdout) as { traceId: string; spanId: string; theirs: [string, string | null][] }
  const record = (body: string) => receiver.logs.find((entry) => entry.body === body)
  return { ...said, stderr: end.stderr, record, spans: receiver.spans.map(({ name }) => name) }
}

const note = (text: string): string => `clew: ${text} [foreign_sdk]\n`
const OURS_ALL_THE_SAME = 'records of getLogger() come to clew all the same. To have it all:'
const NODE_SDK = 'NodeSDK, or another use of @opentelemetry/sdk-trace, sdk-metrics or sdk-logs,'
const PROCESSORS = "or give it clew's processors, from 'clew/processors'"

describe('an SDK that was there before clew', () => {
  test.each([
    [
      'sdk-node',
      `${NODE_SDK} was registered with OpenTelemetry before clew and keeps spans, context, propagation, the records of other libraries; ${OURS_ALL_THE_SAME} call init() before it starts, ${PROCESSORS}`,
    ],
    [
      'sdk-trace',
      `${NODE_SDK} was registered with OpenTelemetry before clew and keeps spans, context; ${OURS_ALL_THE_SAME} call init() before it starts, ${PROCESSORS}`,
    ],
    [
      'sentry-otel',
      `Sentry was registered with OpenTelemetry before clew and keeps spans, context, propagation; ${OURS_ALL_THE_SAME} leave OpenTelemetry to clew: Sentry.init({ enableOpenTelemetrySetup: false }), or skipOpenTelemetrySetup: true before version 11`,
    ],
    [
      'dd-trace',
      `dd-trace was registered with OpenTelemetry before clew and keeps spans, context; ${OURS_ALL_THE_SAME} do not register its TracerProvider, or call clew's init() alone`,
    ],
    [
      'unknown',
      `an SDK that clew does not know was registered with OpenTelemetry before clew and keeps spans; ${OURS_ALL_THE_SAME} call init() before it, ${PROCESSORS}`,
    ],
    [
      'older-api',
      `a copy of @opentelemetry/api of version 1.8.0 was registered with OpenTelemetry before clew and keeps spans, context, propagation, the records of other libraries, metrics; ${OURS_ALL_THE_SAME} have one version of it in the program (npm ls @opentelemetry/api)`,
    ],
  ])('is named, with the cure: %s', async (which, text) => {
    const { stderr, record } = await withForeign(which)
    expect(stderr).toBe(note(text))
    expect([record('inside'), record('outside')].map((entry) => entry?.severityText)).toEqual(['INFO', 'INFO'])
  })

  test.each(['sdk-node', 'sdk-trace', 'sentry-otel'])(
    'keeps its spans and its context, and clew rides along in them: %s',
    async (which) => {
      const { traceId, spanId, theirs, record, spans } = await withForeign(which)
      expect(record('inside')).toMatchObject({
        traceId,
        spanId,
        attributes: { 'clew.tenant.id': 'acme', kept: 'kept' },
      })
      const inner = record('in the operation')
      expect(inner).toMatchObject({ traceId, attributes: { 'clew.operation': 'work', 'clew.tenant.id': 'acme' } })
      expect(inner?.spanId).not.toBe(spanId)
      expect(record('work completed')?.spanId).toBe(inner?.spanId)
      expect(record('outside')?.traceId).toBe('')
      expect(spans).toEqual([])
      // Sentry's spans end where no processor of this test can hear them.
      const heard = [['work', spanId], ['theirs', null]] // prettier-ignore
      expect(theirs).toEqual(which === 'sentry-otel' ? [] : heard)
    },
  )
})

test("an outgoing call carries the other SDK's trace, in its own form and without a warning", async () => {
  const receiver = await receiverOfTest()
  const { stdout, stderr } = await runProgram('test/fixtures/plugins/foreign-call.mjs', [], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CLEW_HOME: temporaryHome(),
  })
  const [traceId, spanId] = (JSON.parse(stdout) as string).split('-')
  expect(stderr).toMatch(/^clew: Sentry .* \[foreign_sdk\]\n$/)
  const call = receiver.logs.find(({ body }) => body === 'external API call')
  expect(call).toMatchObject({ traceId, spanId, attributes: { 'clew.tenant.id': 'acme' } })
})

describe('an SDK that comes after clew', () => {
  test.each(['sdk-node', 'sdk-trace', 'sentry', 'sentry-otel'])(
    'changes nothing: everything goes to clew: %s',
    async (which) => {
      const { traceId, spanId, theirs, record, spans } = await withForeign(which, 'late')
      expect(record('inside')).toMatchObject({ traceId, spanId, attributes: { kept: 'kept' } })
      expect(spans.toSorted()).toEqual(['theirs', 'work'])
      expect(theirs).toEqual([])
    },
  )

  test('is told by the API itself that it came too late, where the API has a logger', async () => {
    const { stderr } = await withForeign('sdk-node', 'late', { OTEL_LOG_LEVEL: 'error' })
    for (const part of ['context', 'propagation', 'trace', 'logs'])
      expect(stderr).toContain(`Attempted duplicate registration of API: ${part}`)
  })
})

test('Sentry as it is by default leaves OpenTelemetry to clew, and nothing is told', async () => {
  const { stderr, traceId, record, spans } = await withForeign('sentry')
  expect(stderr).toBe('')
  expect(record('inside')?.traceId).toBe(traceId)
  expect(spans.toSorted()).toEqual(['theirs', 'work'])
})
