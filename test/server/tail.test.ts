import { type IncomingMessage, request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type TestServer, jsonRecord, startTestServer } from './test-server.ts'

interface Event {
  readonly event: string
  readonly data: Answer
}

const uid = (name: string): object =>
  jsonRecord(name, 0, { attributes: [{ key: 'log.record.uid', value: { stringValue: name } }] })

describe('the live tail', () => {
  let under: TestServer
  beforeEach(async () => {
    under = await startTestServer()
  })
  afterEach(() => under.stop())

  test('sends records as they are stored, filtered, in the form that search answers', async () => {
    const tail = await openTail(under, '?level=ERROR&q=pay')
    await under.sendLogs([
      jsonRecord('payment failed', 0, {
        severityNumber: 17,
        attributes: [
          { key: 'user.id', value: { stringValue: 'u-1' } },
          { key: 'n', value: { intValue: 1 } },
        ],
      }),
      jsonRecord('payment made', 1),
      jsonRecord('other failed', 2, { severityNumber: 17 }),
      jsonRecord('Paying late', 3, { severityNumber: 18 }),
    ])
    const events = [await tail.next(), await tail.next()]
    const { records } = (await under.get('/logs/search?level=ERROR&q=pay')).body
    expect(events).toEqual(records.toReversed().map((data: Answer) => ({ event: 'record', data })))
    tail.close()
  })

  test('does not send a replayed record again', async () => {
    const tail = await openTail(under, '')
    await under.sendLogs([uid('a')])
    await under.sendLogs([uid('a'), uid('b')])
    expect([(await tail.next()).data.message, (await tail.next()).data.message]).toEqual(['a', 'b'])
    tail.close()
  })

  test('refuses filters that are not ones', async () => {
    expect((await under.get('/logs/tail?level=LOUD')).status).toBe(400)
    expect((await under.get('/logs/tail?limit=5')).status).toBe(400)
  })

  test('tells a slow reader how many it missed, and keeps its memory bounded', async () => {
    const tail = await openTail(under, '')
    tail.pause()
    const sent = 60_000
    const padding = 'x'.repeat(1000)
    for (let at = 0; at < sent; at += 1000) {
      await under.sendLogs(Array.from({ length: 1000 }, (_, n) => jsonRecord(`${at + n} ${padding}`, n)))
    }
    tail.resume()
    let [received, skipped] = [0, 0]
    while (received + skipped < sent) {
      const { event, data } = await tail.next()
      if (event === 'skipped') skipped += data.count
      else received++
    }
    expect(skipped).toBeGreaterThan(0)
    expect(received + skipped).toBe(sent)
    tail.close()
  })

  test('ends when the server is closed', async () => {
    const tail = await openTail(under, '')
    await under.server.close()
    await expect(tail.ended).resolves.toBeUndefined()
  })
})

async function openTail(under: TestServer, query: string) {
  const events: Event[] = []
  let wake: (() => void) | undefined
  let buffered = ''
  const sent = request(`${under.api}/logs/tail${query}`)
  sent.end()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
  })
  expect(response.headers['content-type']).toBe('text/event-stream')
  const connected = new Promise<void>((resolve) => response.once('data', () => resolve()))
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const parts = (buffered + chunk).split('\n\n')
    buffered = parts.pop() ?? ''
    for (const part of parts) if (part.startsWith('event: ')) events.push(parse(part))
    wake?.()
  })
  await connected
  return {
    ended: new Promise<void>((resolve) => response.on('close', () => resolve())),
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => response.destroy(),
    next: async (): Promise<Event> => {
      while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return events.shift() as Event
    },
  }
}

function parse(text: string): Event {
  const [event, data] = text.split('\n')
  return { event: event?.slice('event: '.length) ?? '', data: JSON.parse(data?.slice('data: '.length) ?? '') }
}
