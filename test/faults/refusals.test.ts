import { expect, test } from 'vitest'
import { answering, healthy, status, times, type Behaviour } from './receiver.ts'
import { dropped, NOTHING_WRONG, Trial } from './trial.ts'

const RECORDS = 3_000

/** Refuses a request that is larger than this, read or unread. */
function atMost(maxBytes: number, read: boolean): Behaviour {
  return async (exchange) => {
    const { request, response } = exchange
    if (read) {
      const body = await exchange.body()
      if (body.length <= maxBytes) return (exchange.keep(body), void response.end())
    } else if (Number(request.headers['content-length']) <= maxBytes) return healthy(exchange)
    response.writeHead(413, { connection: 'close' }).end(() => {
      if (!read) request.socket.destroySoon()
    })
  }
}

/** Refuses each request with this in it. */
function without(poison: string): Behaviour {
  return async ({ body, keep, response }) => {
    const bytes = await body()
    if (bytes.includes(poison)) response.statusCode = 400
    else keep(bytes)
    response.end()
  }
}

/** A partial success as JSON, said in different ways of having rejected nothing at all. */
const json = (rejected: unknown): Behaviour =>
  answering(JSON.stringify({ partialSuccess: { rejectedLogRecords: rejected, errorMessage: 7 } }), 'application/json')

test.concurrent.for<[string, Behaviour]>([
  ['413 to large requests', atMost(20_000, true)],
  ['413 to all but very small requests', atMost(5_000, true)],
  ['413 to large requests, unread', atMost(4_000, false)],
  ['200 and bytes that mean nothing', answering(Buffer.from('0affffffffffffffffffffffffff', 'hex'))],
  ['204', async ({ body, keep, response }) => (keep(await body()), void response.writeHead(204).end())],
  ['200 and text', answering('<html>OK</html>')],
  ['200 and half of a JSON text', answering('{"partialSuccess":{"rejec', 'application/json')],
  ['200 and JSON that is no object', answering('null', 'application/json')],
  ['200 and a count of rejected entries that is text', json('many')],
  ['200 and a count of rejected entries that is negative', json(-5)],
  ['200 and a count of rejected entries that is an object', json({})],
  ['200 and a mebibyte', answering(Buffer.alloc(1024 * 1024, 0x0a))],
])('a receiver that answers with %s gets everything, in order', async ([, behaviour], context) => {
  const trial = await Trial.open(context)
  trial.receiver.behave = behaviour
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: RECORDS })
  expect(await speaker.ask('flush')).toBe(true)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS })
  const { delivery } = await speaker.ask('status')
  expect([delivery?.delivered.logs, dropped({ delivery })]).toEqual([RECORDS, 0])
})

/** Takes all but the last seven records, and says so: `partial_success { rejected_log_records: 7 error_message: "no" }`. */
const partial: Behaviour = async ({ body, keep, response }) => {
  keep(await body(), 7)
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(Buffer.from('0a06080712026e6f', 'hex'))
}

test.concurrent.for<[string, Behaviour, number | undefined]>([
  ['400 for a record among thousands', without('poison'), 1],
  ['200 but for seven records', times(1, partial), 7],
  ['500', times(1, status(500)), undefined],
  ['401', times(1, status(401)), undefined],
  ['a redirect', times(1, status(308, { location: 'http://127.0.0.1:1/' })), undefined],
])('what a receiver does not take that answers with %s is counted', async ([, behaviour, missing], context) => {
  const trial = await Trial.open(context)
  trial.receiver.behave = behaviour
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: RECORDS })
  await speaker.ask('say', { fields: { text: 'poison' } })
  await speaker.ask('say', { count: RECORDS })
  expect(await speaker.ask('flush')).toBe(true)
  await speaker.ask('say', { count: RECORDS })
  expect(await speaker.ask('flush')).toBe(true)
  const account = trial.account()
  const { delivery } = await speaker.ask('status')
  expect(account.missing).toBe(dropped({ delivery }))
  expect(account.missing).toBe(missing ?? account.missing)
  expect(delivery?.delivered.logs).toBe(account.said - account.missing)
})
