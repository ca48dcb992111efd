import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { runProgram } from '../support/program.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { receiverOfTest, temporaryHome } from './support.ts'

/** What came of a program with instrumentations of others in it. */
export interface InstrumentedRun {
  /** One line for each span, below its parent's: the last part of the scope, and the name. */
  readonly tree: readonly string[]
  readonly spans: readonly SpanEntry[]
  readonly logs: readonly LogEntry[]
  /** What the program said of its instrumentations: an active one has a plus before what is told of it. */
  readonly status: Readonly<Record<string, string>>
  readonly said: Readonly<Record<string, unknown>>
}

/** How a program is run. */
export interface InstrumentedHow {
  readonly args?: readonly string[]
  readonly environment?: Record<string, string>
  readonly nodeOptions?: readonly string[]
  readonly redis?: boolean
}

/** Runs a program of test/fixtures/instrumentations, which has to end well and say nothing on stderr but what is expected. */
export async function runInstrumented(
  file: string,
  { args = [], environment = {}, nodeOptions = [], redis = false }: InstrumentedHow = {},
  stderr: unknown = '',
): Promise<InstrumentedRun> {
  const receiver = await receiverOfTest()
  const end = await runProgram(
    `test/fixtures/instrumentations/${file}`,
    args,
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      CLEW_HOME: temporaryHome(),
      LOG_LEVEL: 'info',
      BACKEND_URL: await startBackend(),
      ...(redis ? { REDIS_URL: await startRedis() } : undefined),
      ...environment,
    },
    nodeOptions,
  )
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr })
  const last = end.stdout.split('\n').findLast((line) => line.startsWith('{"instrumentations"')) ?? '{}'
  const said = JSON.parse(last) as { instrumentations?: { name: string; active: boolean; detail: string }[] }
  const status = (said.instrumentations ?? []).map(({ name, active, detail }) => [name, (active ? '+ ' : '') + detail])
  const { spans, logs } = receiver
  return { tree: treeOf(spans), spans, logs, status: Object.fromEntries(status) as Record<string, string>, said }
}

async function startBackend(): Promise<string> {
  const backend = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => backend.close().closeAllConnections())
  return `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
}

async function startRedis(): Promise<string> {
  const redis = await startRedisServer()
  onTestFinished(() => redis.stop())
  return redis.url
}

function treeOf(spans: readonly SpanEntry[], parent?: SpanEntry): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const isChild = ({ parentSpanId }: SpanEntry): boolean =>
    parent === undefined ? !ids.has(parentSpanId) : parentSpanId === parent.spanId
  return spans
    .filter(isChild)
    .toSorted((a, b) => a.startMillis - b.startMillis || a.startNanos - b.startNanos)
    .flatMap((span) => [
      `${span.scope.name.replace(/^.*instrumentation-/, '')}: ${span.name}`,
      ...treeOf(spans, span).map((line) => `  ${line}`),
    ])
}
