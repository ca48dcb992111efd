import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram } from '../support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'

const PROGRAM = 'test/instrumentations/redis-fixtures/behaviour.mjs'
let server: RedisServer

/** What a program says of a client's behaviour, and how it ends. */
async function behaviour(library: string, clew: string): Promise<{ code: number | null; told: unknown }> {
  const { code, stdout, stderr } = await runProgram(PROGRAM, [library, server.url, clew], { CLEW_HOME: '/nowhere' })
  return { code, told: stdout === '' ? stderr : (JSON.parse(stdout) as unknown) }
}

describe.skipIf(!hasRedisServer())('a client behaves with clew as without', () => {
  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server.stop())

  it.each(['redis', 'redis5', 'ioredis', 'ioredis5'])(
    '%s: replies, errors, events, order, and the end by a rejection that nobody handles',
    async (library) => {
      const bare = await behaviour(library, 'bare')
      expect((bare.told as unknown[]).length).toBeGreaterThan(25)
      expect(bare.code).toBe(1)
      expect(await behaviour(library, 'before')).toEqual(bare)
      expect(await behaviour(library, 'after')).toEqual(bare)
    },
  )
})
