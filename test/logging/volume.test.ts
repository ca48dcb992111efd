import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import {
  changeLevel,
  getLogger,
  pipeline,
  reportLeftOut,
  SEVERITY,
  VolumeLimits,
  type VolumeRule,
} from '../../src/logging/index.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry(SEVERITY.INFO)
})
afterEach(() => {
  pipeline.components.setLimits(undefined)
  pipeline.components.setLevels({ threshold: 0, components: {} })
  telemetry.stop()
  vi.useRealTimers()
})

const bodies = (): unknown[] => telemetry.records.map(({ body }) => body)
const log = getLogger('orders')

describe('levels', () => {
  test('of a component may be set by name or by pattern, in any case; the name wins', () => {
    pipeline.components.setLevels({ threshold: 9, components: { 'ORDERS.*': 5, 'Orders.Quiet': 17 } })
    for (const name of ['orders.api', 'orders.quiet', 'carts']) getLogger(name).debug(name)
    getLogger('orders.quiet').warning('quiet')
    expect(bodies()).toEqual(['orders.api'])
  })

  test('where modules are named all others are off, save ERROR and above, and levels of their own win', () => {
    pipeline.components.setLevels({ threshold: 9, components: { redis: 5 }, modules: ['ORDERS', 'cart*'] })
    for (const name of ['orders', 'carts', 'http', 'redis']) {
      getLogger(name).debug(`${name} debug`)
      getLogger(name).info(`${name} info`)
      getLogger(name).error(`${name} error`)
    }
    expect(bodies()).toEqual([
      'orders info',
      'orders error',
      'carts info',
      'carts error',
      'http error',
      'redis debug',
      'redis info',
      'redis error',
    ])
  })

  test('change at run time for a while, and both is said on the audit channel', () => {
    vi.useFakeTimers()
    changeLevel(SEVERITY.DEBUG, { component: 'ord*', forMillis: 60_000 }, 'call')
    log.debug('now')
    getLogger('carts').debug('not here')
    vi.advanceTimersByTime(60_001)
    log.debug('no more')
    expect(telemetry.records.map(({ body, fields, data }) => [body, data.eventName, fields])).toEqual([
      [
        'level changed',
        'clew.level.changed',
        {
          'clew.level': 'DEBUG',
          'clew.level.component': 'ord*',
          'clew.level.for_ms': 60_000,
          'clew.level.where': undefined,
          'clew.level.changed_by': 'call',
          'clew.channel': 'audit',
        },
      ],
      ['now', undefined, {}],
      [
        'level changed back',
        'clew.level.changed',
        expect.objectContaining({ 'clew.level.changed_by': 'time', 'clew.channel': 'audit' }),
      ],
    ])
  })

  test('come back to what they were before a change for a while, and to what another source had set', () => {
    vi.useFakeTimers()
    changeLevel(SEVERITY.WARNING, {}, 'call')
    const takeBack = changeLevel(SEVERITY.ERROR, {}, 'file')
    changeLevel(SEVERITY.DEBUG, { forMillis: 1_000 }, 'call')
    const level = (): number => pipeline.components.levelOf('orders')
    expect(level()).toBe(SEVERITY.DEBUG)
    vi.advanceTimersByTime(1_000)
    expect(level()).toBe(SEVERITY.ERROR)
    takeBack()
    takeBack()
    expect(level()).toBe(SEVERITY.WARNING)
    expect(bodies()).toEqual([
      'level changed',
      'level changed',
      'level changed',
      'level changed back',
      'level changed back',
    ])
  })

  test('of components that are off stay so when those of all are changed', () => {
    pipeline.components.setLevels({ threshold: 9, components: {}, modules: ['orders'] })
    changeLevel(SEVERITY.DEBUG, {}, 'call')
    changeLevel(SEVERITY.TRACE, { where: {} }, 'signal')
    const levels = (): number[] => ['orders', 'carts'].map((name) => pipeline.components.levelOf(name))
    expect(levels()).toEqual([SEVERITY.DEBUG, SEVERITY.ERROR])
    expect(pipeline.components.get('carts').gate).toBeUndefined()
    changeLevel(SEVERITY.INFO, { component: 'carts' }, 'call')
    expect(levels()).toEqual([SEVERITY.DEBUG, SEVERITY.INFO])
  })

  test('may be changed a thousand times at once; then the oldest ends, and is told', () => {
    for (let n = 0; n < 1_001; n++) changeLevel(SEVERITY.DEBUG, { where: { 'user.id': n } }, 'call')
    const ends = telemetry.records.filter(({ body }) => body === 'level changed back')
    expect(ends.map(({ fields }) => [fields['clew.level.where'], fields['clew.level.changed_by']])).toEqual([
      [{ 'user.id': 0 }, 'room'],
    ])
  })

  test('change for the records of one user only, whose id is text or a number', () => {
    changeLevel(SEVERITY.DEBUG, { where: { 'user.id': '42', 'tenant.id': 7 } }, 'file')
    telemetry.records.length = 0
    withContext({ 'tenant.id': '7' }, () => {
      log.debug('number', { 'user.id': 42 })
      log.debug('text', { 'user.id': '42' })
      log.debug('other', { 'user.id': 421 })
    })
    log.debug('none', { 'user.id': 42 })
    log.debug('by its long name', { 'user.id': 42, 'clew.tenant.id': 7n })
    expect(bodies()).toEqual(['number', 'text', 'by its long name'])
  })

  test('change for the records of one user only', () => {
    changeLevel(SEVERITY.DEBUG, { where: { 'user.id': 'u1' } }, 'call')
    const say = (): void => log.debug('said')
    withContext({ 'user.id': 'u2' }, say)
    say()
    withContext({ 'user.id': 'u1', 'session.id': 's' }, say)
    getLogger('orders').child({ 'user.id': 'u1' }).debug('by a child')
    log.debug('by the call', { 'user.id': 'u1' })
    expect(bodies().slice(1)).toEqual(['said', 'by a child', 'by the call'])
  })
})

describe('a rule of volume', () => {
  const limit = (...rules: VolumeRule[]): VolumeLimits => {
    const volume = new VolumeLimits(rules, () => {})
    pipeline.components.setLimits({ volume, recorder: undefined, hold: (record) => pipeline.hold(record) })
    return volume
  }

  test('lets a share through, evenly, of all but errors, and says how many it left out', () => {
    const volume = limit({ component: 'orders', sample: 0.25 })
    for (let i = 0; i < 8; i++) log.info(`n ${i}`)
    log.error('always')
    getLogger('carts').info('not limited')
    reportLeftOut(volume)
    reportLeftOut(volume)
    expect(bodies()).toEqual(['n 0', 'n 4', 'always', 'not limited', '6 records left out'])
    expect(telemetry.records.at(-1)).toMatchObject({
      component: 'orders',
      fields: {
        'clew.left_out.sampled': 6,
        'clew.left_out.rate_limited': 0,
        'clew.left_out.repeated': 0,
        'clew.left_out.example': 'n 1',
      },
    })
  })

  test('lets so many of each message a second through, numbers in its text not counting', () => {
    vi.useFakeTimers()
    limit({ perSecond: 2 })
    for (let i = 0; i < 10; i++) log.info(`order ${i}`)
    log.info('another message')
    vi.advanceTimersByTime(1_000)
    for (let i = 10; i < 20; i++) log.info(`order ${i}`)
    expect(bodies()).toEqual(['order 0', 'order 1', 'order 2', 'order 3', 'another message', 'order 10', 'order 11'])
  })

  test('counts all messages of a component together when told so', () => {
    limit({ perSecond: 1, per: 'component' })
    for (const text of ['a', 'b', 'c', 'd']) log.info(text)
    getLogger('carts').info('e')
    expect(bodies()).toEqual(['a', 'b', 'e'])
  })

  test('leaves out the same text for a time', () => {
    vi.useFakeTimers()
    limit({ repeatMillis: 1_000, below: 'CRITICAL' })
    for (const text of ['a', 'a', 'b', 'a']) log.error(text)
    log.warning('a')
    vi.advanceTimersByTime(1_000)
    log.error('a')
    log.critical('a')
    log.critical('a')
    expect(bodies()).toEqual(['a', 'b', 'a', 'a', 'a', 'a'])
  })

  test('does not take objects, nor long texts that begin alike, for repeats', () => {
    limit({ repeatMillis: 60_000 })
    const long = 'x'.repeat(1_000)
    for (const body of [{ a: 1 }, { a: 2 }, `${long}1`, `${long}2`, `${long}1`]) log.info(body as string)
    expect(bodies()).toEqual([{ a: 1 }, { a: 2 }, `${long}1`, `${long}2`])
  })

  test('counts, and forgets, when there are more texts than it remembers', () => {
    vi.useFakeTimers()
    const volume = limit({ perSecond: 0.5 })
    const letters = (n: number): string =>
      n.toString(36).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] as string)
    let passed = 0
    for (let n = 0; n < 100_000; n++) {
      log.info(`text ${letters(n)} ${'x'.repeat(200)}`)
      passed += telemetry.records.splice(0).length
    }
    const [leftOut] = volume.report()
    expect(passed).toBeLessThan(1_100)
    expect(passed + (leftOut?.rateLimited ?? 0)).toBe(100_000)
    vi.advanceTimersByTime(10_000)
    log.info('a new text')
    log.info('another one')
    expect(bodies()).toEqual(['a new text', 'another one'])
  })

  test('remembers only so many texts to find repeats', () => {
    limit({ repeatMillis: 60_000 })
    for (let n = 0; n < 100_000; n++) log.info(`text ${n}`)
    expect(telemetry.records.splice(0).length).toBe(100_000)
    for (const n of [99_999, 99_001, 0]) log.info(`text ${n}`)
    expect(bodies()).toEqual(['text 0'])
  })

  test('counts components beyond those with books of their own together', () => {
    const volume = limit({ component: 'many.*', sample: 0 })
    for (let n = 0; n < 20_000; n++) getLogger(`many.${n}`).info('too much')
    const reports = volume.report()
    expect(reports.length).toBe(501)
    expect(reports.reduce((sum, { sampled }) => sum + sampled, 0)).toBe(20_000)
    expect(reports.at(-1)).toMatchObject({ component: undefined, sampled: 19_500 })
  })

  test('never limits ERROR and above, nor audit', () => {
    limit({ sample: 0, perSecond: 0.001, repeatMillis: 60_000 })
    for (const say of ['error', 'critical', 'error'] as const) log[say]('oh')
    pipeline.emit({
      component: pipeline.components.get('orders'),
      severityNumber: SEVERITY.INFO,
      severityText: 'INFO',
      body: 'audited',
      audit: true,
    })
    log.info('limited')
    expect(bodies()).toEqual(['oh', 'oh', 'oh', 'audited'])
  })

  test('does not mind a clock that is set', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    limit({ repeatMillis: 60_000 })
    log.info('a')
    for (const year of [1990, 2090]) {
      vi.setSystemTime(new Date(year, 0))
      log.info('a')
    }
    expect(bodies()).toEqual(['a'])
  })

  test('reports outside of the request in which it first left something out', () => {
    vi.useFakeTimers()
    const volume: VolumeLimits = limit({ sample: 0 }, { sample: 0 })
    withContext({ 'user.id': 'u1' }, () =>
      log.operation('request', () => {
        setTimeout(() => reportLeftOut(volume), 10)
        log.info('left out')
      }),
    )
    vi.advanceTimersByTime(10)
    const [report] = telemetry.records
    expect(report?.body).toBe('2 records left out')
    expect(report?.data.trace).toBeUndefined()
    expect(report?.fields).not.toHaveProperty(['user.id'])
  })
})
