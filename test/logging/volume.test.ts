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
  test('of a component may be set by name or by pattern; the name wins', () => {
    pipeline.components.setLevels({ threshold: 9, components: { 'orders.*': 5, 'orders.quiet': 17 } })
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

  test('remembers only so many texts', () => {
    limit({ repeatMillis: 60_000, perSecond: 1_000_000 })
    for (let i = 0; i < 3_000; i++) log.info(`text ${'x'.repeat(i % 100)} ${i}`)
    expect(telemetry.records.length).toBe(3_000)
  })
})
