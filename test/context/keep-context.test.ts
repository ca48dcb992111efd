import { EventEmitter, on, once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { context } from '@opentelemetry/api'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  AsyncContextManager,
  contextWithFields,
  fieldScope,
  keepContext,
  ROOT_NODE,
  runInContext,
  useForeignContext,
  withContext,
} from '../../src/context/index.ts'

const here = (): unknown => fieldScope()?.current().fields['who']
const as = <R>(who: string, fn: () => R): R => withContext({ who }, fn)

describe('a kept function', () => {
  test('runs in the context it was kept in, with its own this, arguments and answer', () => {
    const object = {
      call: as('kept', () =>
        keepContext(function add(this: unknown, a: number, b: number) {
          return [here(), this === object, a + b]
        }),
      ),
    }
    expect(as('caller', () => object.call(1, 2))).toEqual(['kept', true, 3])
    expect([object.call.name, object.call.length, here()]).toEqual(['add', 2, undefined])
  })

  test('that was kept before stays in its first context, as bound functions do', () => {
    const first = as('first', () => keepContext(here))
    expect(as('second', () => keepContext(first))()).toBe('first')
  })

  test('hands on what it throws, and works with promisify', async () => {
    const failing = as('kept', () =>
      keepContext(() => {
        throw new Error(String(here()))
      }),
    )
    expect(failing).toThrow('kept')
    const calling = as('kept', () => keepContext((done: (error: null, who: unknown) => void) => done(null, here())))
    expect(await promisify(calling)()).toBe('kept')
  })
})

describe.each([
  ['keepContext', (emitter: EventEmitter) => as('kept', () => keepContext(emitter))],
  ['context.bind', (emitter: EventEmitter) => context.bind(contextWithFields(ROOT_NODE, { who: 'kept' }), emitter)],
])('an emitter by %s', (_, keep) => {
  const heard: unknown[] = []
  const listener = (): void => void heard.push(here())
  let emitter: EventEmitter

  beforeAll(() => void context.setGlobalContextManager(new AsyncContextManager()))
  afterAll(() => context.disable())
  beforeEach(() => {
    heard.length = 0
    emitter = new EventEmitter()
    expect(keep(emitter)).toBe(emitter)
  })

  test.each(['on', 'addListener', 'prependListener'] as const)(
    'runs what %s adds in its context, until it is removed by the original',
    (method) => {
      expect(emitter[method]('a', listener)).toBe(emitter)
      as('caller', () => emitter.emit('a'))
      emitter.emit('a')
      expect(heard).toEqual(['kept', 'kept'])
      expect(emitter.listeners('a')).toEqual([listener])
      expect([emitter.listenerCount('a'), emitter.listenerCount('a', listener)]).toEqual([1, 1])
      emitter.off('a', listener)
      emitter.emit('a')
      expect([heard.length, emitter.eventNames()]).toEqual([2, []])
    },
  )

  test.each(['once', 'prependOnceListener'] as const)(
    'runs what %s adds once in its context, or never when it is removed before',
    (method) => {
      emitter[method]('a', listener)
      expect(emitter.listeners('a')).toEqual([listener])
      emitter.emit('a')
      emitter.emit('a')
      emitter[method]('a', listener).removeListener('a', listener).emit('a')
      emitter[method]('a', listener).removeAllListeners('a').emit('a')
      expect([heard, emitter.eventNames()]).toEqual([['kept'], []])
    },
  )

  test('tells once only of an event inside that event, as others do', () => {
    emitter.once('a', () => emitter.emit('a'))
    emitter.once('a', listener)
    emitter.emit('a')
    expect(heard).toEqual(['kept'])
  })

  test('keeps the order of listeners, their this and their arguments', () => {
    const order: unknown[] = []
    emitter.on('a', function (this: unknown, ...args) {
      order.push('second', this === emitter, args)
    })
    emitter.prependListener('a', () => order.push('first'))
    emitter.emit('a', 1, 2)
    expect(order).toEqual(['first', 'second', true, [1, 2]])
  })

  test('removes one of two that are the same, and tells newListener and removeListener of the original', () => {
    const told: unknown[] = []
    for (const event of ['newListener', 'removeListener']) emitter.on(event, (_, original) => told.push(original))
    told.length = 0
    emitter.on('a', listener).on('a', listener).off('a', listener).emit('a')
    expect([heard.length, told]).toEqual([1, [listener, listener, listener]])
  })

  test('works with once, on and the iterators of node:events', async () => {
    const waiting = once(emitter, 'a')
    emitter.emit('a', 1)
    expect(await waiting).toEqual([1])
    const events = on(emitter, 'b')
    emitter.emit('b', 2)
    expect((await events.next()).value).toEqual([2])
    await events.return?.()
    expect(emitter.eventNames()).toEqual([])
  })

  test('refuses what is no listener, and throws an error nobody listens to, as others do', () => {
    expect(() => emitter.on('a', undefined as never)).toThrow(TypeError)
    expect(() => emitter.once('a', 7 as never)).toThrow(TypeError)
    expect(() => emitter.emit('error', new Error('nobody listens'))).toThrow('nobody listens')
  })

  test('takes listeners that were added before as they are, and shows no more properties than it had', () => {
    const fresh = new EventEmitter().on('a', listener)
    const before = Object.keys(fresh)
    keep(fresh)
    as('caller', () => fresh.emit('a'))
    expect([heard, Object.keys(fresh)]).toEqual([['caller'], before])
  })

  test('that is kept twice runs new listeners in the newer context, each once', () => {
    emitter.on('a', listener)
    as('newer', () => keepContext(emitter))
    emitter.on('a', listener)
    emitter.emit('a')
    expect(heard).toEqual(['kept', 'newer'])
  })

  test('that can not be changed is left as it is', () => {
    const frozen = Object.freeze(new EventEmitter())
    expect(keep(frozen)).toBe(frozen)
  })
})

test('a stream that is kept still flows, pauses and ends', async () => {
  const heard = new Set<unknown>()
  const stream = as('kept', () => keepContext(new PassThrough()))
  stream.on('data', () => heard.add(here()))
  stream.once('end', () => heard.add(here()))
  await pipeline(Readable.from(['a', 'b']), stream)
  expect([...heard]).toEqual(['kept'])
  const piped = as('kept', () => keepContext(Readable.from(['c', 'd'])))
  const target = new PassThrough()
  piped.pipe(target)
  expect((await target.toArray()).join('')).toBe('cd')
})

test('what is neither a function nor an emitter is answered as it is', () => {
  expect(keepContext('text' as never)).toBe('text')
  expect(keepContext(undefined as never)).toBeUndefined()
})

test("another SDK's context manager keeps its own way", () => {
  context.setGlobalContextManager(new AsyncContextManager())
  useForeignContext(true)
  try {
    expect(as('kept', () => keepContext(here))()).toBe('kept')
  } finally {
    useForeignContext(false)
    context.disable()
  }
})

test('an attached context holds until its token is disposed, once', () => {
  context.setGlobalContextManager(new AsyncContextManager())
  try {
    runInContext(contextWithFields(ROOT_NODE, { who: 'outer' }), () => {
      const token = context.attach(contextWithFields(ROOT_NODE, { who: 'attached' }))
      expect(here()).toBe('attached')
      token.dispose()
      expect(here()).toBe('outer')
      as('inner', () => (token.dispose(), expect(here()).toBe('inner')))
    })
    expect(here()).toBeUndefined()
  } finally {
    context.disable()
  }
})
