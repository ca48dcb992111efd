import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startReceiver } from '../../support/otlp-receiver.ts'
import { runProgram } from '../../support/program.ts'

const PROGRAM = 'test/instrumentations/http/fixtures/retained.mjs'
/** To the outer server, from it by each of two clients, and to the inner one. */
const SOCKETS = 4 * 20

test('no context of a finished request is kept, but by a connection that is open still', async () => {
  const receiver = await startReceiver()
  const home = mkdtempSync(join(tmpdir(), 'clew-retained-'))
  try {
    const environment = { ENDPOINT: receiver.url, CLEW_HOME: home }
    const { code, stdout, stderr } = await runProgram(PROGRAM, [], environment, ['--expose-gc'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { requests, whileOpen, afterwards } = JSON.parse(stdout) as Record<string, number>
    expect([requests, afterwards]).toEqual([500, 0])
    expect(whileOpen).toBeLessThanOrEqual(SOCKETS)
  } finally {
    await receiver.close()
    rmSync(home, { recursive: true, force: true })
  }
})
