import { expect, test } from 'vitest'
import { startReceiver } from '../../support/otlp-receiver.ts'
import { runProgram } from '../../support/program.ts'

test("each line of Fastify's own logger is one record, within its request", async () => {
  const receiver = await startReceiver()
  try {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, NODE_ENV: 'production' }
    const file = 'test/instrumentations/frameworks/fixtures/fastify-logger.mjs'
    const { code, stdout } = await runProgram(file, [], environment)
    expect(code).toBe(0)
    const traces = receiver.spans
      .filter(({ name }) => name !== 'GET')
      .map(({ name, traceId }) => [name, traceId] as const)
    expect(traces.map(([name]) => name)).toEqual(['GET /users/:id', 'GET /fail'])
    const [user, fail] = traces.map(([, traceId]) =>
      receiver.logs
        .filter((log) => log.traceId === traceId && log.scope.name !== 'http')
        .map(({ body }) => String(body)),
    )
    expect(user?.toSorted()).toEqual(['incoming request', 'looked up', 'request completed'])
    // Errors go first.
    expect(fail?.toSorted()).toEqual(['incoming request', 'no stock', 'request completed'])
    const lines = stdout.split('\n').filter((line) => line.includes('"reqId"'))
    expect(lines).toHaveLength(6)
    for (const line of lines) expect(line).toMatch(/"trace_id":"[\da-f]{32}"/)
  } finally {
    await receiver.close()
  }
})
