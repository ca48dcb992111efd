import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SpanEntry } from '../../src/otlp/decode-entry.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { launchBrowser, noBrowser } from '../viewer/support/chromium.ts'
import { startListening, TYPESCRIPT } from './example-program.ts'

let redis: RedisServer
let receiver: OtlpReceiver
let home: string

/** The spans of a trace below a span, as lines: who, and what. */
function treeOf(spans: readonly SpanEntry[], parent: string, indent = ''): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .flatMap((span) => {
      const service = String(span.resource.attributes['service.name'])
      return [`${indent}${service}: ${span.name}`, ...treeOf(spans, span.spanId, `${indent}  `)]
    })
}

describe.skipIf(!hasRedisServer())('examples/chat', () => {
  beforeAll(async () => {
    redis = await startRedisServer()
    receiver = await startReceiver()
    home = await mkdtemp(join(tmpdir(), 'clew-chat-'))
  })
  afterAll(async () => {
    await receiver.close()
    await redis.stop()
    await rm(home, { recursive: true, force: true })
  })

  it.each([
    ['redis', 'ioredis'],
    ['ioredis', 'redis'],
  ])('has one trace from a visitor of one service, with %s, to one of another, with %s', async (from, to) => {
    receiver.spans.length = 0
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      CLEW_HOME: home,
      REDIS_URL: redis.url,
      PORT: '0',
    }
    const start = (name: string, client: string): ReturnType<typeof startListening> =>
      startListening('examples/chat/service.ts', { ...environment, OTEL_SERVICE_NAME: name, CLIENT: client })
    const [left, right] = await Promise.all([start('left', from), start('right', to)])
    const places = [left, right].map(({ url }) => `${url.replace('http', 'ws')}/chat`)
    const visitor = await runProgram('examples/chat/visitor.ts', [...places, 'hello there'], environment, TYPESCRIPT)
    await Promise.all([left.stop(), right.stop()])

    expect(visitor.stdout).toContain('heard: hello there')
    expect([visitor.code, (await left.ended).code, (await right.ended).code]).toEqual([0, 0, 0])
    const said = receiver.spans.find(({ name }) => name === 'say')
    const trace = receiver.spans.filter(({ traceId }) => traceId === said?.traceId)
    const tree = treeOf(trace, said?.parentSpanId ?? '')
    expect(tree).toEqual(
      expect.arrayContaining([
        'visitor: say',
        '  left: post',
        '    left: XADD',
        '      right: deliver',
        '        visitor: hear',
      ]),
    )
    const read = receiver.spans.find(({ name, resource, links }) => name === 'XREADGROUP' && resource.attributes['service.name'] === 'right' && links.length > 0) // prettier-ignore
    expect(read?.links[0]?.traceId).toBe(said?.traceId)
    expect(JSON.stringify(receiver.spans)).not.toContain('hello there')
    expect(receiver.logs.filter(({ severityNumber }) => severityNumber >= 17)).toEqual([])
  })

  it.skipIf(noBrowser)('has one trace from what a browser says to the sockets of the other service', async () => {
    receiver.spans.length = 0
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      CLEW_HOME: home,
      REDIS_URL: redis.url,
      PORT: '0',
    }
    const start = (name: string): ReturnType<typeof startListening> =>
      startListening('examples/chat/service.ts', { ...environment, OTEL_SERVICE_NAME: name })
    const [left, right] = await Promise.all([start('left'), start('right')])
    const browser = await launchBrowser()
    try {
      const page = await browser.newPage()
      const heard = await page.evaluate(
        sayAndHear,
        [left, right].map(({ url }) => `${url.replace('http', 'ws')}/chat`),
      )
      expect(heard).toBe('hello from a page')
    } finally {
      await browser.close()
    }
    await Promise.all([left.stop(), right.stop()])

    const post = receiver.spans.find(({ name }) => name === 'post')
    const trace = receiver.spans.filter(({ traceId }) => traceId === post?.traceId)
    expect(treeOf(trace, post?.parentSpanId ?? '')).toEqual(
      expect.arrayContaining(['left: post', '  left: XADD', '    right: deliver']),
    )
  })
})

/** Runs in the page. */
async function sayAndHear([here = '', there = '']: string[]): Promise<string> {
  const [mouth, ear] = [new WebSocket(here), new WebSocket(there)]
  await Promise.all([mouth, ear].map((socket) => new Promise((open) => socket.addEventListener('open', open))))
  const heard = new Promise<string>((hear) =>
    ear.addEventListener('message', async ({ data }) => hear(data instanceof Blob ? await data.text() : String(data))),
  )
  mouth.send('hello from a page')
  return heard
}
