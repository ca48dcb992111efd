import { context, propagation, trace, type TextMapPropagator } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { get as request, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { getLogger, type InitOptions } from '../../dist/src/index.js'
import { runProgram } from '../support/program.ts'
import { ask, get, startServer } from '../instrumentations/http/support/server.ts'
import { startClew } from './support.ts'

const TRACE = 'a'.repeat(32)
const SPAN = 'b'.repeat(16)

/** What another service hears when it is called from within a request with these headers, and what is recorded of it. */
async function throughClew(options: InitOptions, ...headers: string[]) {
  const { clew, receiver } = await startClew({ http: true, ...options })
  let heard: IncomingHttpHeaders = {}
  const behind = await startServer((incoming, response) => {
    heard = incoming.headers
    response.end()
  })
  const front = await startServer((_, response) => {
    getLogger('front').info('called', { who: propagation.getActiveBaggage()?.getEntry('who')?.value })
    request(behind.url, { agent: false }, (answer) => answer.resume().on('end', () => response.end()))
  })
  onTestFinished(async () => {
    await front.stop()
    await behind.stop()
  })
  await ask(front.port, get('/', ...headers))
  await clew.flush()
  const client = receiver.spans.find(({ kind }) => kind === 3)
  const record = receiver.logs.find(({ body }) => body === 'called')
  return { heard, client, record }
}

describe('propagation through HTTP', () => {
  test('is by W3C trace context and baggage unless told otherwise', async () => {
    const { heard, client, record } = await throughClew(
      {},
      `traceparent: 00-${TRACE}-${SPAN}-01`,
      'baggage: who=A%20%26%20B;p=1, other=2',
    )
    expect(heard['traceparent']).toBe(`00-${TRACE}-${client?.spanId}-01`)
    expect(heard['baggage']).toBe('who=A%20%26%20B;p=1,other=2')
    expect(heard['b3']).toBeUndefined()
    expect(record).toMatchObject({ traceId: TRACE, attributes: { who: 'A & B' } })
  })

  test.each<[string, InitOptions, string]>([
    ['a propagator of the official package', { propagators: [new B3Propagator()] }, ''],
    ['its name in code', { propagators: ['b3'] }, ''],
    ['its name in the environment', {}, 'b3'],
  ])('is by B3, in and out, with %s', async (_, options, named) => {
    if (named !== '') vi.stubEnv('OTEL_PROPAGATORS', named)
    const { heard, client, record } = await throughClew(options, `b3: ${TRACE}-${SPAN}-1`)
    vi.unstubAllEnvs()
    expect(heard['b3']).toBe(`${TRACE}-${client?.spanId}-1`)
    expect(heard['traceparent']).toBeUndefined()
    expect(record?.traceId).toBe(TRACE)
  })

  test('is by several formats at once, the later winning', async () => {
    const multi = new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })
    const { heard, client } = await throughClew(
      { propagators: ['tracecontext', multi, 'baggage'] },
      `traceparent: 00-${'c'.repeat(32)}-${SPAN}-01`,
      `x-b3-traceid: ${TRACE}`,
      `x-b3-spanid: ${SPAN}`,
      'x-b3-sampled: 1',
    )
    expect(heard).toMatchObject({ traceparent: `00-${TRACE}-${client?.spanId}-01`, 'x-b3-traceid': TRACE })
  })

  test('is not done when told so', async () => {
    const { heard, record } = await throughClew({ propagators: ['none'] }, `traceparent: 00-${TRACE}-${SPAN}-01`)
    expect(heard).not.toHaveProperty('traceparent')
    expect(record?.traceId).not.toBe(TRACE)
  })

  test('goes on with the others when one of them throws', async () => {
    const broken: TextMapPropagator = {
      inject: () => { throw new Error('broken') }, // prettier-ignore
      extract: () => { throw new Error('broken') }, // prettier-ignore
      fields: () => [],
    }
    const { heard } = await throughClew(
      { propagators: [broken, 'tracecontext'] },
      `traceparent: 00-${TRACE}-${SPAN}-01`,
    )
    expect(heard['traceparent']).toContain(TRACE)
  })
})

test('a named format whose package is not installed is said once, with the cure', async () => {
  const { code, stderr } = await runProgram('test/fixtures/plugins/propagator.mjs', [], {})
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      'clew: b3 is left out: it needs a package that is not here: npm install @opentelemetry/propagator-b3 [propagator]\n',
  })
})

describe('baggage', () => {
  const official = new W3CBaggagePropagator()
  const set = { set: (carrier: Record<string, string>, key: string, value: string) => void (carrier[key] = value) }
  const read = { get: (carrier: Record<string, string>, key: string) => carrier[key], keys: Object.keys }
  const entries = (header: string, propagator: Pick<TextMapPropagator, 'extract'>) =>
    propagation
      .getBaggage(propagator.extract(context.active(), { baggage: header }, read))
      ?.getAllEntries()
      .map(([key, { value, metadata }]) => [key, value, metadata?.toString()])

  test.each(['a=1', 'a=1,b=2;x=y;z', ' a = 1 ,b=%C3%A4', 'a', '=1', '', ',', 'a=%zz,b=2', 'a=1=2'])(
    'is read and written as the official propagator does: %j',
    async (header) => {
      await startClew()
      expect(entries(header, propagation)).toEqual(entries(header, official))
      const there: Record<string, string> = {}
      const here: Record<string, string> = {}
      const carried = official.extract(context.active(), { baggage: header }, read)
      official.inject(carried, there, set)
      propagation.inject(trace.deleteSpan(carried), here, set)
      expect(here).toEqual(there)
    },
  )

  test('is bounded in what is read and written', async () => {
    await startClew()
    const many = Array.from({ length: 200 }, (_, at) => `k${at}=v`).join(',')
    expect(entries(many, propagation)).toHaveLength(64)
    expect(entries(`a=1,b=${'x'.repeat(10_000)}`, propagation)).toEqual([['a', '1', undefined]])
    const large = propagation.createBaggage({ a: { value: 'x'.repeat(9_000) }, b: { value: '2' } })
    const carrier: Record<string, string> = {}
    propagation.inject(propagation.setBaggage(context.active(), large), carrier, set)
    expect(carrier).toEqual({ baggage: 'b=2' })
  })
})
