import { logs, metrics, trace, type LoggerProvider, type MeterProvider, type TracerProvider } from '@opentelemetry/api'
import { DnsInstrumentation } from '@opentelemetry/instrumentation-dns'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { resolveSettings } from '../../src/settings/index.ts'
import { runInstrumented } from './instrumented-program.ts'
import { startClew } from './support.ts'

const require = createRequire(import.meta.url)

/** An instrumentation of one's own: keeps what happens to it. */
class Own {
  readonly instrumentationName: string
  readonly heard: string[] = []
  tracers: TracerProvider | undefined
  meters: MeterProvider | undefined
  loggers: LoggerProvider | undefined
  readonly #enabled: boolean

  constructor(name = 'own', enabled = false) {
    this.instrumentationName = name
    this.#enabled = enabled
  }

  enable(): void {
    this.heard.push('enable')
  }

  disable(): void {
    this.heard.push('disable')
  }

  setTracerProvider(provider: TracerProvider): void {
    this.tracers = provider
  }

  setMeterProvider(provider: MeterProvider): void {
    this.meters = provider
  }

  setLoggerProvider(provider: LoggerProvider): void {
    this.loggers = provider
  }

  setConfig(): void {}

  getConfig(): { enabled?: boolean } {
    return { enabled: this.#enabled }
  }
}

const statusOf = (clew: Awaited<ReturnType<typeof startClew>>['clew'], name: string) =>
  clew.status().instrumentations.filter((one) => one.name === name)

describe('instrumentations that init() is given', () => {
  test("have clew's providers, are at work while clew is, and again with the next one", async () => {
    const own = new Own()
    const made = new Own('at work since it was made', true)
    const first = await startClew({ instrumentations: [own, [made]] })
    expect([own.heard, made.heard]).toEqual([['enable'], []])
    own.tracers?.getTracer('own').startSpan('of its own').end()
    own.meters?.getMeter('own').createCounter('own').add(1)
    own.loggers?.getLogger('own').emit({ body: 'said by it' })
    expect(statusOf(first.clew, 'own')).toEqual([{ name: 'own', active: true, detail: 'enabled' }])
    await first.clew.shutdown()
    expect(statusOf(first.clew, 'own')).toEqual([{ name: 'own', active: false, detail: 'disabled by shutdown()' }])
    expect([own.heard, made.heard]).toEqual([['enable', 'disable'], ['disable']])
    const { spans, logs: records, dataPoints } = first.receiver
    expect([spans.map(({ name }) => name), records.map(({ body }) => body), dataPoints]).toEqual([['of its own'], ['said by it'], 1]) // prettier-ignore

    const second = await startClew({ instrumentations: [own, [made]] })
    own.tracers?.getTracer('own').startSpan('once more').end()
    await second.clew.shutdown()
    expect([own.heard, made.heard]).toEqual([['enable', 'disable', 'enable', 'disable'], ['disable', 'enable', 'disable']]) // prettier-ignore
    expect(second.receiver.spans.map(({ name }) => name)).toEqual(['once more'])
  })

  test('patch what they patch, until shutdown()', async () => {
    const instrumentation = new DnsInstrumentation()
    const dns = require('node:dns') as { promises: { lookup(name: string): Promise<unknown> } }
    const lookUp = () => dns.promises.lookup('127.0.0.1')
    for (const expected of [['dns.lookup'], ['dns.lookup']]) {
      const { clew, receiver } = await startClew({ instrumentations: [instrumentation] })
      await lookUp()
      await clew.shutdown()
      await lookUp()
      expect(receiver.spans.map(({ name }) => name)).toEqual(expected)
    }
  })

  test('lose nothing of what they say last: metrics that are asked of them, and what they say while they are disabled', async () => {
    class Late extends Own {
      #isOn = true

      override setMeterProvider(provider: MeterProvider): void {
        const gauge = provider.getMeter('late').createObservableGauge('late')
        gauge.addCallback((result) => {
          if (this.#isOn) result.observe(7)
        })
      }

      override disable(): void {
        this.#isOn = false
        trace.getTracer('late').startSpan('the last').end()
        logs.getLogger('late').emit({ body: 'the last' })
      }
    }
    const { clew, receiver } = await startClew({ instrumentations: [new Late()] })
    await clew.shutdown()
    const { spans, dataPoints } = receiver
    expect([spans.map(({ name }) => name), receiver.logs.map(({ body }) => body), dataPoints]).toEqual([['the last'], ['the last'], 1]) // prettier-ignore
  })

  test('work once of each name: the later one counts', async () => {
    const [first, second] = [new Own('twice'), new Own('twice')]
    const { clew } = await startClew({ instrumentations: [first, second, second] })
    expect([first.heard, second.heard]).toEqual([['disable'], ['enable']])
    expect(statusOf(clew, 'twice')).toEqual([
      { name: 'twice', active: false, detail: 'left out: a later one of the same name is given, which counts' },
      { name: 'twice', active: true, detail: 'enabled' },
    ])
  })

  test("are left out where clew tells the same, and used where clew's own is off", async () => {
    const names = ['opentelemetry-instrumentation-ws', '@opentelemetry/instrumentation-winston', '@opentelemetry/instrumentation-bunyan'] // prettier-ignore
    const own = names.map((name) => new Own(name))
    const covered = await startClew({ instrumentations: own, websocket: true, loggers: { bunyan: false } })
    expect(own.map(({ heard }) => heard)).toEqual([['disable'], ['disable'], ['enable']])
    expect(statusOf(covered.clew, names[0] as string)[0]?.detail).toBe('left out, since clew tells the same itself; to have this one instead: init({ websocket: false })') // prettier-ignore
  })

  test.each([true, false])("count no requests that clew counts: with clew's own %s", async (http) => {
    const { clew, receiver } = await startClew({ http })
    metrics.getMeter('@opentelemetry/instrumentation-http').createCounter('requests').add(1)
    await clew.shutdown()
    expect(receiver.dataPoints).toBe(http ? 0 : 1)
  })

  test('are not asked anything where clew is disabled', async () => {
    const own = new Own()
    const { clew } = await startClew({ instrumentations: [own], disabled: true })
    expect([own.heard, clew.status().instrumentations]).toEqual([[], []])
  })

  test('that fail, or are not installed, are told, and nothing else happens', async () => {
    const steps = 'enable,setTracerProvider,disable,no-such'
    const note = 'clew: failing-in-enable failed: Error: no enable [instrumentation]\n'
    const missing = 'not installed: npm install @opentelemetry/instrumentation-no-such'
    const { status } = await runInstrumented('failing.mjs', { args: [steps] }, expect.stringContaining('[instrumentation]\n')) // prettier-ignore
    expect(status).toMatchObject({
      'failing-in-enable': 'failed: Error: no enable',
      'failing-in-setTracerProvider': 'failed: Error: no setTracerProvider',
      'failing-in-disable': 'failed: Error: no disable',
      '@opentelemetry/instrumentation-no-such': missing,
    })
    await runInstrumented('failing.mjs', { args: ['enable'] }, note)
  })
})

test('CLEW_INSTRUMENTATIONS names instrumentations', () => {
  const { settings } = resolveSettings({}, { CLEW_INSTRUMENTATIONS: 'express, auto' })
  expect(settings.instrumentations).toEqual(['express', 'auto'])
  expect(resolveSettings({ instrumentations: ['koa'] }, { CLEW_INSTRUMENTATIONS: 'express' }).settings.instrumentations).toEqual(['koa']) // prettier-ignore
})
