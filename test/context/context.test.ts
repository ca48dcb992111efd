import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { context, createContextKey, ROOT_CONTEXT, type Context } from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activeContext,
  AsyncContextManager,
  bindContext,
  contextWithFields,
  enrich,
  fieldScope,
  ROOT_NODE,
  runInContext,
  useForeignContext,
  withContext,
} from '../../src/context/index.ts'

const here = (): Record<string, unknown> => ({ ...fieldScope()?.current().fields })

describe('bound fields', () => {
  test('hold inside, also after await, timers, streams and emitters, and are gone outside', async () => {
    const seen = await withContext({ 'session.id': 's' }, async () => {
      await sleep(1)
      const all = [here()]
      for await (const chunk of Readable.from(['a'])) all.push({ chunk: chunk as string, ...here() })
      const emitter = new EventEmitter()
      setImmediate(() => emitter.emit('done'))
      await once(emitter, 'done')
      await new Promise<void>((resolve) => process.nextTick(() => resolve(void all.push(here()))))
      return all
    })
    expect(seen).toEqual([{ 'session.id': 's' }, { chunk: 'a', 'session.id': 's' }, { 'session.id': 's' }])
    expect(here()).toEqual({})
  })

  test('of hundreds of interleaved stretches of work never mix', async () => {
    const work = async (id: number): Promise<void> => {
      await sleep(Math.random() * 20)
      bindContext({ 'user.id': id })
      await sleep(Math.random() * 20)
      expect(here()).toEqual({ 'clew.request.id': id, 'user.id': id })
    }
    const request = (id: number): Promise<void> =>
      runInContext(contextWithFields(ROOT_NODE, { 'request.id': id }, 'request'), work, id)
    await Promise.all(Array.from({ length: 300 }, (_, id) => request(id)))
  })

  test('of inner scopes win, and those bound later to the request reach into scopes that are open already', () => {
    runInContext(contextWithFields(ROOT_NODE, { a: 1, b: 1 }, 'request'), () => {
      withContext({ b: 2 }, () => {
        expect(here()).toEqual({ a: 1, b: 2 })
        expect(bindContext({ 'user.id': 'u' })).toBe(true)
        expect(here()).toEqual({ a: 1, b: 2, 'user.id': 'u' })
      })
      expect(here()).toEqual({ a: 1, b: 1, 'user.id': 'u' })
    })
  })

  test('of scopes that nest deeply are all there, the inner ones win, and what is bound late reaches all of them', () => {
    const nest = (depth: number): void => {
      if (depth < 40)
        return withContext({ depth, [`f${depth}`]: depth, ...(depth === 5 ? { 'user.id': 5 } : {}) }, () =>
          nest(depth + 1),
        )
      const all = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, i]))
      expect(here()).toEqual({ a: 1, ...all, depth: 39, 'user.id': 5 })
      bindContext({ 'user.id': 'late', 'session.id': 's' })
      expect(here()).toEqual({ a: 1, ...all, depth: 39, 'user.id': 5, 'session.id': 's' })
    }
    runInContext(contextWithFields(ROOT_NODE, { a: 1 }, 'request'), nest, 0)
  })

  test('for the closing record go to the nearest operation, however deep the blocks in it are', () => {
    const request = contextWithFields(ROOT_NODE, {}, 'request')
    let context = contextWithFields(request, { name: 'checkout' }, 'operation')
    const operation = fieldScope(context)
    for (let i = 0; i < 30; i++) context = contextWithFields(context, { i })
    expect(runInContext(context, () => enrich({ items: 2 }))).toBe(true)
    expect([operation?.gathered, fieldScope(request)?.gathered]).toEqual([{ items: 2 }, undefined])
    expect(fieldScope(context)?.root).toBe(fieldScope(request))
  })

  test('can not be bound where there is nothing to bind to', () => {
    expect(bindContext({ 'user.id': 'u' })).toBe(false)
    expect(here()).toEqual({})
  })
})

describe("OpenTelemetry's context", () => {
  const key = createContextKey('test')

  test('says the same of whatever was set and deleted as the one of the API', () => {
    const keys = Array.from({ length: 6 }, (_, i) => createContextKey(`key ${i}`))
    const change = fc.tuple(fc.nat({ max: keys.length - 1 }), fc.option(fc.nat(), { nil: undefined }))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
        let ours: Context = ROOT_NODE
        let theirs = ROOT_CONTEXT
        for (const [index, value] of changes) {
          const key = keys[index] as symbol
          ours = value === undefined ? ours.deleteValue(key) : ours.setValue(key, value)
          theirs = value === undefined ? theirs.deleteValue(key) : theirs.setValue(key, value)
        }
        const seen = (context: Context): unknown[] => keys.map((key) => context.getValue(key))
        expect(seen(ours)).toEqual(seen(theirs))
      }),
    )
  })

  test('goes through the API, with foreign contexts too, and functions can be bound to one', async () => {
    context.setGlobalContextManager(new AsyncContextManager())
    try {
      const ours = context.active().setValue(key, 1)
      const foreign = ROOT_CONTEXT.setValue(key, 2)
      const read = (): unknown => context.active().getValue(key)
      expect(context.with(ours, read)).toBe(1)
      expect(await context.with(foreign, async () => (await sleep(1), read()))).toBe(2)
      expect(context.bind(ours, read)()).toBe(1)
      expect(context.with(undefined as never, () => activeContext())).toBe(ROOT_NODE)
      expect(ours.deleteValue(key).getValue(key)).toBeUndefined()
      expect(activeContext().getValue(key)).toBeUndefined()
    } finally {
      context.disable()
    }
  })
})

test("what another SDK's context manager kept is clew's own again when that is taken away", () => {
  useForeignContext(true)
  try {
    expect(withContext({ 'session.id': 's' }, here)).toEqual({ 'session.id': 's' })
  } finally {
    useForeignContext(false)
  }
})
