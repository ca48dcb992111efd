import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpInstrumentation } from '../../instrumentations/http/index.ts'
import { getLogger, pipeline } from '../../src/logging/index.ts'
import { captureLogs, type CapturedLogs } from '../../src/testing/index.ts'
import { until } from '../support/until.ts'

const log = getLogger('orders')
const messages = (captured: CapturedLogs) => captured.records.map(({ message }) => message)

describe('a capture around a function', () => {
  test('answers what the function answers, and throws what it throws', async () => {
    expect(captureLogs(() => 7)).toBe(7)
    await expect(captureLogs({ level: 'INFO' }, async () => 'done')).resolves.toBe('done')
    expect(() => captureLogs(() => { throw new Error('sync') })).toThrow('sync') // prettier-ignore
    await expect(captureLogs(() => Promise.reject(new Error('async')))).rejects.toThrow('async')
    expect(pipeline.encoding).toBeUndefined()
    log.info('after')
    expect(pipeline.leftOut).toBeGreaterThan(0)
  })

  test('hears timers and callbacks, also outside of any context, until it ends', async () => {
    const late = Promise.withResolvers<void>()
    let ended: CapturedLogs | undefined
    await captureLogs(async (captured) => {
      ended = captured
      log.info('at once')
      await delay(1)
      log.info('after await')
      setTimeout(() => context.with(ROOT_CONTEXT, () => log.info('in a timer, detached')), 1)
      await until('the timer', () => captured.records.length === 3)
      void late.promise.then(() => log.info('late'))
    })
    late.resolve()
    await delay(1)
    expect(messages(ended as CapturedLogs)).toEqual(['at once', 'after await', 'in a timer, detached'])
  })

  test('hears nothing of what runs beside it', async () => {
    const heard = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        captureLogs(async (captured) => {
          for (let i = 0; i < 3; i++) {
            log.info(name)
            await log.operation(name, { level: 'DEBUG' }, () => delay(1))
          }
          return [
            ...captured.records.map(({ operation, message }) => operation ?? message),
            ...captured.spans.map((span) => span.name),
          ]
        }),
      ),
    )
    expect(heard).toEqual(['a', 'b', 'c'].map((name) => Array.from({ length: 9 }, () => name)))
  })

  test('may be one of several around each other, which all hear', () => {
    using everything = captureLogs()
    captureLogs((outer) => {
      log.info('outer')
      captureLogs({ level: 'ERROR' }, (inner) => {
        using rest = captureLogs()
        log.operation('inner', () => log.error('in both'))
        expect([messages(inner), messages(rest)]).toEqual([['in both'], ['in both', 'inner completed']])
      })
      expect(messages(outer)).toEqual(['outer', 'in both', 'inner completed'])
      expect(outer.spans.map((span) => span.name)).toEqual(['inner'])
    })
    log.info('outside')
    expect(messages(everything)).toEqual(['outer', 'in both', 'inner completed', 'outside'])
  })
})

describe('a server that tests share', () => {
  const http = createHttpInstrumentation()
  let server: Server
  let url: string
  beforeAll(async () => {
    http.enable()
    server = createServer((request, response) => {
      log.info(`answering ${String(request.url)}`)
      response.end()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    http.disable()
    server.closeAllConnections()
    server.close()
  })

  test('is heard by each test through the traces of its own requests, over connections they share too', async () => {
    const ask = (path: string): Promise<string[]> =>
      captureLogs(async (captured) => {
        for (let i = 0; i < 2; i++) await (await fetch(url + path)).text()
        await until('two requests', () => captured.spans.length === 4)
        return [
          ...captured.records.filter(({ component }) => component === 'orders').map(({ message }) => message),
          ...captured.records.flatMap((record) => (record.path === undefined ? [] : [String(record.path)])),
          ...captured.spans
            .map(
              (span) =>
                `${span.kind} ${new URL(String(span.attributes['url.full'] ?? span.attributes['url.path']), url).pathname}`,
            )
            .sort(),
        ]
      })
    const paths = ['/a', '/b']
    for (const [i, heard] of (await Promise.all(paths.map(ask))).entries()) {
      const path = paths[i] as string
      expect(heard.filter((one) => !one.endsWith(path))).toEqual([])
      expect(heard.filter((one) => one === `answering ${path}`)).toHaveLength(2)
      expect(heard.slice(-4)).toEqual([`CLIENT ${path}`, `CLIENT ${path}`, `SERVER ${path}`, `SERVER ${path}`])
    }
  })
})
