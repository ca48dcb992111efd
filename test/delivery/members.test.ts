import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram, startProgram } from '../support/program.ts'
import { numbers } from '../support/road.ts'

let receiver: OtlpReceiver
let home: string
beforeEach(async () => {
  receiver = await startReceiver()
  home = await mkdtemp(join(tmpdir(), 'clew-members-'))
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

const environment = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home })

/** The numbers that each member said, as they arrived. A thread that is ended may have sent what it could not tell of any more. */
function said(): Record<string, unknown[]> {
  const members: Record<string, unknown[]> = {}
  for (const { body, attributes } of receiver.logs) {
    const own = (members[String(attributes['member'])] ??= [])
    if (body === 'said' && !own.includes(attributes['n'])) own.push(attributes['n'])
  }
  delete members['undefined']
  return members
}

test.each([
  ['cluster', 'natural', [0, 0]],
  ['cluster', 'exit', [1, 2]],
  ['cluster', 'throw', [1, 1]],
  ['thread', 'natural', [0, 0]],
  ['thread', 'exit', [1, 2]],
  ['thread', 'terminate', [1, 1]],
])(
  'what the members of a %s say that end by %s arrives, in order, and they end as they would',
  async (kind, way, codes) => {
    const { stdout, stderr, code } = await runProgram('test/fixtures/members.mjs', [kind, way], environment())
    expect({ codes: JSON.parse(stdout), code, stderr: way === 'throw' ? '' : stderr }).toEqual({
      codes,
      code: 0,
      stderr: '',
    })
    expect(said()).toEqual({ 1: numbers(100), 2: numbers(100) })
    expect(await readdir(join(home, 'spool', 'members'))).toEqual([])
  },
)

describe('a process that is killed', () => {
  const last = (life: string) => runProgram('test/fixtures/killed.mjs', [life, 'end'], environment())
  const killed = async (life: string): Promise<void> => {
    const program = startProgram('test/fixtures/killed.mjs', [life], environment())
    await new Promise((resolve) => program.child.stdout?.once('data', resolve))
    program.child.kill('SIGKILL')
    await program.ended
  }

  test('leaves its records to the next one, which sends them with the resource and the scope they were said with', async () => {
    receiver.answer = () => ({ status: 503 })
    await killed('first')
    await killed('second')
    receiver.answer = () => ({ status: 200 })
    await last('third')
    for (const life of ['first', 'second', 'third']) {
      const own = receiver.logs.filter(({ resource }) => resource.attributes['life'] === life)
      expect(own.map(({ attributes }) => attributes['n'])).toEqual(numbers(100))
      expect(new Set(own.map(({ scope }) => scope.name))).toEqual(new Set([`life-${life}`]))
    }
  })

  test('between its request and the answer sends that request once more, with the same ids, and nothing else', async () => {
    const program = startProgram('test/fixtures/killed.mjs', ['first'], environment())
    // The receiver has it, but the process never hears of that.
    receiver.answer = (request) => {
      if (request.url === '/v1/logs') program.child.kill('SIGKILL')
      return { status: 200 }
    }
    await program.ended
    expect(receiver.logs).toHaveLength(100)
    receiver.answer = () => ({ status: 200 })
    await last('second')
    const first = receiver.logs.filter(({ scope }) => scope.name === 'life-first')
    expect(first.map(({ attributes }) => attributes['n'])).toEqual([...numbers(100), ...numbers(100)])
    expect(new Set(first.map(({ attributes }) => attributes['log.record.uid'])).size).toBe(100)
  })
})
