import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { getLogger, init } from '../../src/index.ts'

// Node aborts the process when it ends a thread that is making a zlib stream.
test('a delivery thread that has no time left ends itself', async ({ onTestFinished }) => {
  const home = mkdtempSync(join(tmpdir(), 'clew-'))
  const silent = createServer(() => {})
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    silent.close()
    rmSync(home, { recursive: true, force: true })
  })
  const started = once(process, 'worker')
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const clew = init({
    service: 'test',
    home,
    console: { enabled: false },
    otlp: { endpoint },
    shutdownTimeoutMillis: 300,
  })
  const [thread] = (await started) as [Worker]
  const ended = once(thread, 'exit')
  const connected = once(silent, 'connection')
  getLogger('a').info('said')
  await connected
  await clew.shutdown()
  // One that is ended from outside has the code 1.
  expect(await ended).toEqual([0])
})
