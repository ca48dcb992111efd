import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs'
import { readFile as readLater } from 'node:fs/promises'
import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn, setInterval as ticks, setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { trace } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { activeContext, fieldScope, keepContext, withContext } from '../../src/context/index.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeAll(() => void (telemetry = startTelemetry()))
afterAll(() => telemetry.stop())

/** The field and the span of the running code. */
function here(): string {
  const span = trace.getSpanContext(activeContext())?.spanId ?? 'no span'
  return `${String(fieldScope()?.current().fields['who'] ?? 'nobody')} in ${span}`
}

type See = () => void

/** Runs work in a field and a span of its own. Answers what these are, and what it saw. */
function follow(who: string, work: (see: See) => unknown): Promise<{ own: string; seen: Set<string> }> {
  return withContext({ who }, () =>
    trace.getTracer('t').startActiveSpan(who, async (span) => {
      const seen = new Set<string>()
      await work(() => seen.add(here()))
      span.end()
      return { own: `${who} in ${span.spanContext().spanId}`, seen }
    }),
  )
}

/** A way that ends when the callback it gets is called. */
function called(start: (done: () => void) => unknown): (see: See) => Promise<void> {
  return (see) => new Promise((resolve) => void start(() => resolve(see())))
}

const WAYS: Record<string, (see: See) => unknown> = {
  setTimeout: called((done) => setTimeout(done, 1)),
  setImmediate: called((done) => setImmediate(done)),
  queueMicrotask: called((done) => queueMicrotask(done)),
  'process.nextTick': called((done) => process.nextTick(done)),
  'fs.readFile': called((done) => readFile(import.meta.filename, done)),
  'dns.lookup': called((done) => lookup('localhost', done)),
  'crypto.randomBytes': called((done) => randomBytes(8, done)),
  'zlib.gzip': called((done) => gzip('text', done)),
  'setInterval, until it is cleared': (see) =>
    new Promise<void>((resolve) => {
      let count = 0
      const timer = setInterval(() => {
        see()
        if (++count < 3) return
        clearInterval(timer)
        resolve()
      }, 1)
    }),
  'the promises of timers': async (see) => {
    await delay(1)
    see()
    await turn()
    see()
    let count = 0
    for await (const _ of ticks(1)) {
      see()
      if (++count === 2) break
    }
  },
  'the promises of fs': async (see) => {
    await readLater(import.meta.filename)
    see()
  },
  'util.promisify': async (see) => {
    await promisify(gzip)('text')
    see()
  },
  'then, catch and finally': (see) =>
    delay(1)
      .then(see)
      .then(() => Promise.reject(new Error('caught')))
      .catch(see)
      .finally(see),
  'a thenable': async (see) => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what this is about
      then(resolve: () => void) {
        see()
        setTimeout(resolve, 1)
      },
    }
    await thenable
    see()
  },
  'a generator': (see) => {
    function* steps(): Generator<void> {
      for (let i = 0; i < 3; i++) yield see()
    }
    for (const _ of steps()) see()
  },
  'an async generator': async (see) => {
    async function* steps(): AsyncGenerator<void> {
      for (let i = 0; i < 3; i++) {
        await delay(1)
        yield see()
      }
    }
    for await (const _ of steps()) see()
  },
  'an event emitter, and once': async (see) => {
    const emitter = new EventEmitter().on('done', see)
    setImmediate(() => emitter.emit('done'))
    await once(emitter, 'done')
    see()
  },
  'an event target, and an abort signal': async (see) => {
    const target = new EventTarget()
    target.addEventListener('done', see)
    setImmediate(() => target.dispatchEvent(new Event('done')))
    await once(target, 'done')
    const controller = new AbortController()
    controller.signal.addEventListener('abort', see)
    setTimeout(() => controller.abort(), 1)
    await once(controller.signal, 'abort')
    see()
  },
  'a readable and its async iterator': async (see) => {
    for await (const _ of Readable.from(['a', 'b'])) see()
    const readable = Readable.from(['a', 'b']).on('data', see).on('end', see)
    await once(readable, 'close')
  },
  'a pipeline with a transform': async (see) => {
    const upper = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        see()
        setTimeout(() => done(null, chunk), 1)
      },
      flush(done) {
        see()
        done()
      },
    })
    const sink = new Writable({ write: (_chunk, _encoding, done) => (see(), setImmediate(done)) })
    await pipeline(Readable.from(['a', 'b']), upper, sink)
    see()
  },
}

describe('the fields and the span are there inside, and gone outside, with', () => {
  test.each(Object.entries(WAYS))('%s', async (_, work) => {
    const followed = await Promise.all([follow('ann', work), follow('bob', work)])
    for (const { own, seen } of followed) expect(seen).toEqual(new Set([own]))
    expect(here()).toBe('nobody in no span')
  })
})

/** A pool or a job queue of the usual kind: it runs what is waiting in whatever context something becomes free. */
class Pool {
  readonly #waiting: (() => void)[] = []
  #busy = false

  run(job: () => void): void {
    this.#waiting.push(job)
    if (!this.#busy) this.#next()
  }

  #next(): void {
    const job = this.#waiting.shift()
    this.#busy = job !== undefined
    if (job !== undefined) setTimeout(() => (job(), this.#next()), 1)
  }
}

describe('what loses the context', () => {
  const through = (pool: Pool, wrap: (job: () => void) => () => void): Promise<string[]> =>
    Promise.all(
      ['ann', 'bob'].map((who) =>
        withContext({ who }, () => new Promise<string>((resolve) => pool.run(wrap(() => resolve(here()))))),
      ),
    )

  test('is a pool that runs callbacks later, cured by keepContext', async () => {
    expect(await through(new Pool(), (job) => job)).toEqual(['ann in no span', 'ann in no span'])
    expect(await through(new Pool(), keepContext)).toEqual(['ann in no span', 'bob in no span'])
    expect(here()).toBe('nobody in no span')
  })

  test('is an emitter that many share, cured by keepContext for one listener', () => {
    const bus = new EventEmitter()
    const heard: string[] = []
    for (const who of ['ann', 'bob'])
      withContext({ who }, () =>
        bus.on(
          'news',
          keepContext(() => heard.push(here())),
        ),
      )
    withContext({ who: 'sender' }, () => bus.emit('news'))
    expect(heard).toEqual(['ann in no span', 'bob in no span'])
  })

  test('is a generator that is run on elsewhere, cured by keepContext for its next', () => {
    function* steps(): Generator<string> {
      for (;;) yield here()
    }
    const [lost, kept] = withContext({ who: 'ann' }, () => {
      const generator = steps()
      return [steps(), keepContext(() => generator.next())] as const
    })
    expect([lost.next().value, kept().value]).toEqual(['nobody in no span', 'ann in no span'])
  })
})
