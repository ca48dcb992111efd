import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Attributes } from '../../src/otlp/decode-entry.ts'
import { temporaryHome } from '../plugins/support.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { startProgram } from '../support/program.ts'

/** How much comes at the same time. */
interface Crowd {
  readonly requests: number
  readonly sockets: number
  readonly messages: number
}

/** Sends a crowd to a server of its own, to the end. */
async function sendCrowd(mode: string, crowd: Crowd): Promise<{ receiver: OtlpReceiver; said: number }> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const program = startProgram('test/context/fixtures/crowd-server.mjs', [mode], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    NODE_ENV: 'production',
    CLEW_HOME: temporaryHome(),
  })
  onTestFinished(() => void program.child.kill('SIGKILL'))
  const host = `127.0.0.1:${String((await once(program.child.stdout as NodeJS.EventEmitter, 'data'))[0]).trim()}`
  const counts = await Promise.all([
    ...Array.from({ length: crowd.requests }, (_, id) => ask(host, `r-${id}`)),
    ...Array.from({ length: crowd.sockets }, (_, id) => talk(host, `s-${id}`, id, crowd.messages)),
  ])
  await fetch(`http://${host}/end`, { headers: { 'x-request-id': 'end' } })
  const { code, stderr } = await program.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { receiver, said: counts.reduce((sum, count) => sum + count, 0) }
}

async function ask(host: string, id: string): Promise<number> {
  const response = await fetch(`http://${host}/`, { headers: { 'x-request-id': id } })
  return Number(await response.text())
}

/** Sends messages that are all worked on at the same time. */
async function talk(host: string, session: string, id: number, messages: number): Promise<number> {
  const socket = new WebSocket(`ws://${host}/?session_id=${session}`, { headers: { 'x-request-id': `r-${session}` } })
  let said = 0
  let answers = 0
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (count: Buffer) => {
      said += Number(count.toString())
      if (++answers === messages) resolve()
    })
  })
  await once(socket, 'open')
  for (let message = 0; message < messages; message++) socket.send(String(1_000 + id * messages + message))
  await answered
  socket.close(1000)
  await once(socket, 'close')
  return said
}

/** Whose a record or span is, as its context says. */
function contextOf(attributes: Attributes): string {
  return String(attributes['session.id'] ?? attributes['clew.request.id'] ?? 'nobody')
}

/** What is not as it must be: each record and span with its own request, session and user, in the one trace of these. */
function mixedUp({ logs, spans }: OtlpReceiver): string[] {
  const wrong: string[] = []
  const traces = new Map<string, string>()
  const check = (what: string, traceId: string, attributes: Attributes): void => {
    const claimed = contextOf(attributes)
    const own = attributes['own'] ?? claimed
    const request = claimed.startsWith('s-') ? `r-${claimed}` : claimed
    const user = attributes['user.id']
    if (own !== claimed) wrong.push(`${what} of ${String(own)} in the context of ${claimed}`)
    if (claimed !== 'nobody' && attributes['clew.request.id'] !== request)
      wrong.push(`${what}: a request of ${claimed}`)
    if (user === undefined ? attributes['known'] === true : user !== `user of ${claimed}`)
      wrong.push(`${what} of ${claimed} with ${String(user)}`)
    // The upgrade request of a session is in its trace.
    const key = request
    if ((traces.get(traceId) ?? key) !== key) wrong.push(`${what} of ${claimed} in the trace of ${traces.get(traceId)}`)
    traces.set(traceId, key)
  }
  for (const { body, traceId, attributes } of logs) check(String(body), traceId, attributes)
  for (const { name, traceId, attributes } of spans) check(name, traceId, attributes)
  for (const { body, attributes } of logs)
    if ((body === 'outside') !== (contextOf(attributes) === 'nobody')) wrong.push(`${String(body)} in or out`)
  if (new Set(traces.values()).size !== traces.size) wrong.push('two traces of one request')
  return wrong
}

test('of hundreds of requests and sockets at the same time, each record and span has its own context', async () => {
  const crowd = { requests: 300, sockets: 120, messages: 3 }
  const { receiver, said } = await sendCrowd('careful', crowd)
  expect(mixedUp(receiver)).toEqual([])
  const { logs, spans } = receiver
  const count = (what: string): number =>
    logs.filter(({ body, eventName }) => body === what || eventName === what).length
  expect(logs.filter(({ attributes }) => 'own' in attributes)).toHaveLength(said)
  expect(said).toBeGreaterThan(5_000)
  expect([count('API_REQUEST'), count('connection established'), count('disconnected')]).toEqual([301, 120, 120])
  expect(count('outside')).toBeGreaterThan(10)
  expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(301 + 2 * 120)
  const users = spans.filter(({ name, attributes }) => name === 'websocket session' && 'user.id' in attributes)
  expect(users).toHaveLength(120)
})

test('a pool that loses the context is found out', async () => {
  const { receiver } = await sendCrowd('leaky', { requests: 20, sockets: 5, messages: 2 })
  expect(mixedUp(receiver)).toContainEqual(expect.stringMatching(/^step of .+ in the context of nobody$/))
})
