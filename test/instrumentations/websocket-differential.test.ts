import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startProgram, type ProgramEnd } from '../support/program.ts'
import { until } from '../support/until.ts'

const CHAT = 'test/instrumentations/websocket-fixtures/chat.mjs'
const home = mkdtempSync(join(tmpdir(), 'clew-home-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Ends {
  readonly server: unknown
  readonly client: unknown
}

/** What both ends of a chat saw. */
async function chat(server: string, client: string): Promise<Ends> {
  const environment = { CLEW_HOME: home }
  const serving = startProgram(CHAT, ['server', '0', server], environment)
  try {
    let head = ''
    serving.child.stdout?.on('data', (chunk: Buffer) => (head += chunk.toString()))
    await until('the port', () => head.includes('\n'))
    const asking = startProgram(CHAT, ['client', head.trim(), client], environment)
    const timer = setTimeout(() => asking.child.kill('SIGKILL'), 15_000)
    const asked = await asking.ended
    clearTimeout(timer)
    return { client: seen(asked), server: seen(await serving.ended) }
  } finally {
    serving.child.kill('SIGKILL')
  }
}

function seen({ code, signal, stdout, stderr }: ProgramEnd): unknown {
  return { code, signal, stderr, lines: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as unknown }
}

describe('a chat of a server and its clients, in two processes, is the same', async () => {
  const bare = await chat('', '')

  it('each time without clew, and does end', async () => {
    expect(bare).toMatchObject({ server: { code: 5, stderr: '' }, client: { code: 6, stderr: '' } })
    expect(await chat('', '')).toEqual(bare)
  })

  it.each([
    ['clew', ''],
    ['', 'clew'],
    ['clew', 'clew'],
  ])(
    'with "%s" in the server and "%s" in the client: messages, order, closes, errors, listeners, exit codes',
    async (server, client) => {
      expect(await chat(server, client)).toEqual(bare)
    },
  )
})
