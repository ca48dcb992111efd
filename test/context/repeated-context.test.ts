import { ROOT_CONTEXT } from '@opentelemetry/api'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { activeContext, RepeatedContext } from '../../src/context/index.ts'

const KEY = Symbol('key')
const storage = new AsyncLocalStorage<number>()

/** A context that is entered again and again, and what is seen in it. */
function repeated(): () => unknown {
  const context = new RepeatedContext(ROOT_CONTEXT.setValue(KEY, 'mine'))
  return () => context.run(() => [storage.getStore(), activeContext().getValue(KEY)], undefined)
}

it('what other storages of the program hold is that of each call, though all are made by the same resource', async () => {
  const see = repeated()
  expect([1, 2].map((value) => storage.run(value, see))).toEqual([
    [1, 'mine'],
    [2, 'mine'],
  ])
  const later = [3, 4].map((value) => storage.run(value, () => Promise.resolve().then(see)))
  expect(await Promise.all(later)).toEqual([
    [3, 'mine'],
    [4, 'mine'],
  ])
})

it('a connection enters it from wherever it was made, time and again', async () => {
  const server = createServer((socket) => socket.on('data', () => socket.write('x')))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const see = repeated()
  const seen: unknown[] = []
  const socket = storage.run(7, () => connect((server.address() as AddressInfo).port, '127.0.0.1'))
  socket.on('data', () => {
    seen.push(see(), [storage.getStore(), activeContext().getValue(KEY)])
    if (seen.length < 4) socket.write('x')
    else socket.end()
  })
  socket.write('x')
  await once(socket, 'close')
  server.close()
  const each = [
    [7, 'mine'],
    [7, undefined],
  ]
  expect(seen).toEqual([...each, ...each])
})
