import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'

/** They look like nothing in particular: no pattern of the redactor finds them. */
const SECRETS = {
  key: 'plantedKey4f9a1c',
  value: 'planted-value-one',
  field: 'plantedfieldtwo',
  password: 'planted-password-three',
  code: 'PLANTEDCODE',
  command: 'PLANTEDCOMMAND',
}

let server: RedisServer
let receiver: OtlpReceiver
let folder: string
const bodies: Buffer[] = []

/** All files below a folder, as text. */
function filesBelow(path: string): string {
  return readdirSync(path)
    .map((name) => join(path, name))
    .map((file) => (statSync(file).isDirectory() ? filesBelow(file) : readFileSync(file, 'latin1')))
    .join('\n')
}

/** What of them stands in a text, with what is before it. */
const planted = (text: string): string[] => [...text.matchAll(/[^]{0,80}planted[-a-z]*/gi)].map(([found]) => found)

describe.skipIf(!hasRedisServer())('secrets that are given to a Redis client', () => {
  beforeAll(async () => {
    server = await startRedisServer()
    receiver = await startReceiver()
    receiver.answer = (_, body) => {
      bodies.push(body)
      return { status: 200 }
    }
    folder = mkdtempSync(join(tmpdir(), 'clew-redis-planting-'))
  })
  afterAll(async () => {
    await receiver.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(['redis', 'redis5', 'ioredis', 'ioredis5'])('leave the process by no output: %s', async (library) => {
    bodies.length = 0
    const home = join(folder, library)
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      CLEW_AUDIT_KEY: 'the key of these programs',
      CLEW_HOME: home,
      CLEW_LOG_FILE: join(home, 'logs', 'shop.jsonl'),
    }
    const args = [library, server.url, JSON.stringify(SECRETS)]
    const end = await runProgram('test/instrumentations/redis-fixtures/secrets.mjs', args, environment)
    expect(end).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') as string })
    // Something was told of each kind, so that there is something to be found in.
    const sent = Buffer.concat(bodies).toString('latin1')
    const outputs = { stdout: end.stdout, sent, files: filesBelow(home), stderr: end.stderr }
    for (const text of [end.stdout, sent, outputs.files]) expect(text).toContain('Redis operation failed')
    for (const name of ['WRONGTYPE', 'db.client.operation.duration', 'EVAL ? ?', 'redis.connection_failed', 'slow Redis command']) expect(sent).toContain(name) // prettier-ignore
    expect(Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, planted(text)]))).toEqual({
      stdout: [],
      sent: [],
      files: [],
      stderr: [],
    })
  })
})
