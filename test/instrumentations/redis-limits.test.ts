import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CommandShapes } from '../../instrumentations/redis/command-shape.ts'
import { ConnectionRecords } from '../../instrumentations/redis/connection-records.ts'
import { RedisTarget } from '../../instrumentations/redis/redis-target.ts'
import { Telemetry } from './websocket-telemetry.ts'

describe('what is kept of commands', () => {
  it('is the same for names in Buffers and in text', () => {
    const shapes = new CommandShapes([], false)
    expect(shapes.of(Buffer.from('GET'))).toBe(shapes.of('GET'))
    expect(shapes.of(Buffer.alloc(100, 'x'))).toBe(shapes.of('x'.repeat(100)))
  })

  it('is shared by a name that is met after a thousand others', () => {
    const shapes = new CommandShapes([], false)
    for (let count = 0; count < 1_000; count++) shapes.of(`NAME${count}`)
    const target = new RedisTarget({})
    expect(target.commandAttributes(shapes.of('GET'), 1)).toBe(target.commandAttributes(shapes.of('GET'), 1))
  })

  it('has an end for each database', () => {
    const shapes = new CommandShapes([], false)
    const target = new RedisTarget({})
    const attributes = (name: string): object => target.commandAttributes(shapes.of(name), 1)
    const first = attributes('NAME0')
    for (let count = 1; count < 1_000; count++) attributes(`NAME${count}`)
    expect(attributes('NAME0')).toBe(first)
    expect(attributes('BEYOND')).toEqual(attributes('BEYOND'))
    expect(attributes('BEYOND')).not.toBe(attributes('BEYOND'))
  })
})

describe('what is kept of connections', () => {
  const telemetry = new Telemetry()
  beforeAll(() => telemetry.start())
  afterEach(() => telemetry.clear())
  afterAll(() => telemetry.stop())

  it('lets go of those that failed when there are a thousand, and never of open ones', () => {
    const target = new RedisTarget({})
    const connections = new ConnectionRecords()
    connections.begin('open', target)
    connections.connected('open')
    for (let count = 0; count < 1_500; count++) {
      connections.begin(`failing ${count}`, target)
      connections.failed(`failing ${count}`, new Error('refused'))
    }
    connections.begin('late', target)
    connections.connected('late')
    connections.closed('open', true)
    const told = telemetry.records.map(({ message }) => message).filter((text) => text !== 'Redis connection failed')
    expect(told).toEqual(['Redis connected', 'Redis connected', 'Redis disconnected'])
    expect(telemetry.said('Redis connection failed')).toHaveLength(1_500)
    expect(target.load.connections).toBe(1)
  })

  it('forgets one that the program closes while it is down', () => {
    const target = new RedisTarget({})
    const connections = new ConnectionRecords()
    connections.begin('it', target)
    connections.failed('it', new Error('refused'))
    connections.closed('it', true)
    connections.failed('it', new Error('refused again'))
    expect(telemetry.records.map(({ message }) => message)).toEqual(['Redis connection failed'])
  })
})
