import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProgram } from '../support/program.ts'
import { ask, startListening, startReceiver, TYPESCRIPT, type Receiver } from './example-program.ts'

interface Found {
  readonly records: readonly Readonly<Record<string, unknown>>[]
}

interface FoundTrace {
  readonly spans: readonly { readonly span_id: string; readonly name: string; readonly kind: string }[]
}

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.close())

describe('examples/hello', () => {
  it('prints a record with the fields around it, and sends it with its span before it ends', async () => {
    const { code, stdout } = await runProgram('examples/hello/hello.ts', [], receiver.environment, TYPESCRIPT)

    expect(code).toBe(0)
    expect(stdout).toMatch(/ \[INFO\] greeter: hello, world \(user_id=u-7 operation=greet language=en\)\n/)
    const { records } = await ask<Found>(`${receiver.api}/logs/search?service=hello`)
    expect(records.map(({ message }) => message)).toStrictEqual(['greet completed', 'hello, world'])
    const { spans } = await ask<FoundTrace>(`${receiver.api}/traces/${String(records[1]?.['trace_id'])}`)
    expect(spans).toMatchObject([{ span_id: records[1]?.['span_id'], name: 'greet' }])
  })
})

describe('examples/commonjs', () => {
  it('is traced like any other: the request, what it says, and its span share one trace', async () => {
    const service = await startListening('examples/commonjs/service.cjs', receiver.environment)
    const response = await fetch(`${service.url}/greet/ada`, { headers: { 'x-request-id': 'request-1' } })
    expect(await response.json()).toStrictEqual({ hello: 'ada' })
    await service.stop()

    expect((await service.ended).code).toBe(0)
    const { records } = await ask<Found>(`${receiver.api}/logs/search?request=request-1&min_level=info`)
    expect(records).toMatchObject([
      { component: 'http', event: 'API_REQUEST', method: 'GET', path: '/greet/ada', status_code: 200 },
      { component: 'greetings', message: 'greeting', metadata: { name: 'ada' } },
    ])
    expect(new Set(records.map((record) => record['trace_id']))).toHaveLength(1)
    const { spans } = await ask<FoundTrace>(`${receiver.api}/traces/${String(records[0]?.['trace_id'])}`)
    expect(spans).toMatchObject([{ name: 'GET /greet/:name', kind: 'SERVER', span_id: records[0]?.['span_id'] }])
  })
})

describe('examples/interviews', () => {
  it('runs without Redis and ends cleanly on SIGTERM, with nothing left unsent', async () => {
    const service = await startListening('examples/interviews/service.ts', receiver.environment)
    const created = await fetch(`${service.url}/sessions`, {
      method: 'POST',
      headers: { 'x-request-id': 'request-2', 'content-type': 'application/json' },
      body: JSON.stringify({ candidate: 'ada' }),
    })
    const { id } = (await created.json()) as { id: string }
    await service.stop()

    expect(await service.ended).toMatchObject({ code: 0, signal: null })
    const { records } = await ask<Found>(`${receiver.api}/logs/search?session=${id}`)
    expect(records.map(({ message, request_id: request }) => [message, request])).toStrictEqual([
      ['request completed', 'request-2'],
      ['session created', 'request-2'],
    ])
    const last = await ask<Found>(`${receiver.api}/logs/search?module=service&limit=1`)
    expect(last.records).toMatchObject([{ message: 'stopping', metadata: { signal: 'SIGTERM' } }])
  })
})
