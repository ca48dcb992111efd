import { context, createContextKey, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { getLogger, withContext } from '../../dist/src/index.js'
import { runProgram } from '../support/program.ts'
import { receiverOfTest, startClew, temporaryHome } from './support.ts'

test("a context manager of the user's keeps what clew's own would", async () => {
  const contextManager = new AsyncLocalStorageContextManager()
  const { clew, receiver } = await startClew({ contextManager })
  const key = createContextKey('mine')
  await context.with(context.active().setValue(key, 'kept'), () =>
    withContext({ 'tenant.id': 'acme' }, () =>
      trace.getTracer('t').startActiveSpan('work', async (span) => {
        await delay(1)
        expect(contextManager.active().getValue(key)).toBe('kept')
        getLogger('a').info('inside')
        span.end()
      }),
    ),
  )
  getLogger('a').info('outside')
  await clew.flush()
  const [span] = receiver.spans
  expect(receiver.logs.map(({ spanId, attributes }) => [spanId, attributes['clew.tenant.id']])).toEqual([
    [span?.spanId, 'acme'],
    ['', undefined],
  ])
})

test.each(['natural', 'shutdown'])('what a batch holds goes out at the end of a program by %s', async (way) => {
  const receiver = await receiverOfTest()
  const { code } = await runProgram('test/fixtures/plugins/batch.mjs', [way], {
    OTHER_COLLECTOR: receiver.url,
    CLEW_HOME: temporaryHome(),
  })
  expect(code).toBe(0)
  expect([receiver.logs.length, receiver.spans.length]).toEqual([100, 1])
})

test('what a processor throws is told once in a while, without secrets, and its records are said all the same', async () => {
  const { code, stdout, stderr } = await runProgram('test/fixtures/plugins/failing.mjs', [], {})
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'clew: Failing failed: Error: broken at redis://[REDACTED]@host [plugin]\n',
  })
  expect(stdout.trim().split('\n')).toHaveLength(3)
})
