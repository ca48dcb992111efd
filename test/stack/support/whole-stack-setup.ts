import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { driveLoad } from '../../../examples/demo/load.ts'
import { findRedis } from '../../../examples/demo/redis.ts'
import { startService } from '../../../examples/demo/service-process.ts'
import type { Tally } from '../../../examples/demo/tally.ts'
import { startStack, type Stack } from '../../../stack/native/stack.ts'
import { stackPrograms, type StackPrograms } from '../../../stack/native/stack-programs.ts'
import { runRecruiting } from '../../examples/recruiting-run.ts'
import { eventually } from './eventually.ts'

/** The whole stack with the telemetry of two example services in it, for all tests of a run. Plain data. */
export interface WholeStack {
  /** OTLP over HTTP. */
  readonly collector: string
  /** What the collector tells of itself. */
  readonly collectorMetrics: string
  readonly loki: string
  readonly tempo: string
  /** Where Tempo takes OTLP over HTTP. */
  readonly tempoOtlp: string
  readonly prometheus: string
  /** The collector's files and queues. */
  readonly filesDir: string
  /** All data of all servers. */
  readonly folder: string
  /** The service `interviews`, which still runs: what its load driver did, in two rounds. */
  readonly interviews: readonly [Round, Round]
  /** When all of it had arrived, in milliseconds: the time to ask for what is counted over minutes. */
  readonly settled: number
  /** The service `recruiting`, which has ended: its own JSON lines, and what must be nowhere. */
  readonly recruiting: { readonly lines: string; readonly secrets: readonly string[] }
}

/** One round of the load driver. Nothing in here comes from telemetry. */
export interface Round extends Pick<Tally, 'requests' | 'sockets' | 'troubles'> {
  /** Milliseconds since 1970. */
  readonly began: number
  readonly ended: number
}

declare module 'vitest' {
  interface ProvidedContext {
    /** `undefined` where the servers are not to be had; the tests that need it skip. */
    wholeStack: WholeStack | undefined
    /** The programs of the servers, for tests that start their own. */
    stackPrograms: StackPrograms | undefined
  }
}

const SCRAPE_SECONDS = 1
/** Metrics are sent each second; after that Prometheus fetches them, and once more for the next value. */
const METRICS_ARRIVE_MILLIS = 4000
const cleanups: (() => Promise<unknown> | void)[] = []

/** Starts the stack, runs the examples against it, and ends all of it after the last test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = await stackPrograms()
  if ('missing' in programs) {
    if (process.env['CI'] === 'true') throw new Error(programs.missing)
    console.warn(`skipped: ${programs.missing}`)
    project.provide('wholeStack', undefined)
    project.provide('stackPrograms', undefined)
    return teardown
  }
  project.provide('stackPrograms', programs)
  try {
    const folder = mkdtempSync(join(tmpdir(), 'clew-stack-'))
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
    const stack = await startStack({
      programs,
      dataDir: folder,
      scrapeSeconds: SCRAPE_SECONDS,
      env: { CLEW_TRACE_DECISION_WAIT: '2s', CLEW_SPAN_METRICS_INTERVAL: '1s' },
    })
    cleanups.push(() => stack.stop())
    project.provide('wholeStack', await fill(stack, folder))
  } catch (error) {
    await teardown()
    throw error
  }
  return teardown
}

async function teardown(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
}

async function fill(stack: Stack, folder: string): Promise<WholeStack> {
  const environment = { OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_EXPORTER_OTLP_ENDPOINT: stack.collector.endpoint }
  Object.assign(process.env, { OTEL_METRIC_EXPORT_INTERVAL: '1000', CLEW_LIFECYCLE: 'true' })
  const recruiting = await runRecruiting(environment)
  await recruiting.remove()
  const redis = await findRedis(folder)
  cleanups.push(() => redis.stop())
  const service = await startService({ otlpUrl: stack.collector.endpoint, redisUrl: redis.url, folder })
  cleanups.push(() => service.stop())
  const first = await round(service.url)
  await wait(METRICS_ARRIVE_MILLIS)
  const second = await round(service.url)
  await wait(METRICS_ARRIVE_MILLIS)
  await arrived(stack)
  return {
    collector: stack.collector.endpoint,
    collectorMetrics: `http://127.0.0.1:${stack.collector.ports.ownMetrics}/metrics`,
    loki: stack.loki.url,
    tempo: stack.tempo.url,
    tempoOtlp: stack.tempo.otlpUrl,
    prometheus: stack.prometheus.url,
    filesDir: stack.dataDir,
    folder,
    interviews: [first, second],
    settled: Date.now(),
    recruiting: { lines: recruiting.files['recruiting.jsonl'] ?? '', secrets: recruiting.visit.secrets },
  }
}

async function round(url: string): Promise<Round> {
  const began = Date.now()
  const { requests, sockets, troubles } = await driveLoad(url, AbortSignal.timeout(60_000))
  if (troubles.length > 0) throw new Error(`the load is not what it should be: ${troubles.join('\n')}`)
  return { began, ended: Date.now(), requests, sockets, troubles }
}

/** Nothing waits in a queue of the collector any more, and Tempo answers for what it was given. */
async function arrived(stack: Stack): Promise<void> {
  const url = `http://127.0.0.1:${stack.collector.ports.ownMetrics}/metrics`
  await eventually('empty queues of the collector', async () => {
    const text = await (await fetch(url)).text()
    const sizes = [...text.matchAll(/^otelcol_exporter_queue_size\{.*\} (\d+)$/gm)].map(([, size]) => Number(size))
    return sizes.length > 0 && sizes.every((size) => size === 0) ? true : undefined
  })
}
