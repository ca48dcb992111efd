import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindContext } from '../../../src/context/index.ts'
import { getLogger } from '../../../src/logging/index.ts'
import { until } from '../../support/until.ts'
import { call } from '../http/support/server.ts'
import { Observed } from './support/observed.ts'
import { ROOMS, type Steps } from './support/rooms.ts'

let observed: Observed

beforeEach(() => void (observed = new Observed()))
afterEach(() => observed.stop())

const log = getLogger('room')

/** Steps in which all requests wait for each other, so that they run through each other. */
function steps(count: number): Steps {
  let waiting = 0
  let open = (): void => {}
  const allHere = new Promise<void>((resolve) => (open = resolve))
  return {
    async authenticate(user) {
      await pause(1)
      bindContext({ 'user.id': user })
    },
    async handle() {
      log.info('begin')
      if (++waiting === count) open()
      await allHere
      await pause(1)
      log.info('end')
    },
    async *body() {
      yield Buffer.from('one ')
      await pause(1)
      log.info('streaming')
      yield Buffer.from('two')
    },
    pass: (place) => log.info(place),
  }
}

const USERS = ['ann', 'bob', 'eve']

test.each(ROOMS)(
  'in %s, requests at the same time keep what is bound apart, at every place',
  async (_name, room, places) => {
    const server = await room(steps(USERS.length))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rooms/`
    const answers = await Promise.all(USERS.map((user) => call(url + user)))
    expect(answers.map(({ status, body }) => [status, body])).toEqual(USERS.map(() => [200, 'one two']))
    const spans = await observed.spansOf('SERVER', USERS.length)
    const late = places.includes('onResponse') ? USERS.length : 0
    const isLate = (): boolean => observed.records.filter(({ message }) => message === 'onResponse').length === late
    await until('what comes behind the answer', isLate)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    for (const [at, user] of USERS.entries()) {
      const requestId = answers[at]?.headers['x-request-id']
      const records = observed.records.filter(({ fields }) => fields['clew.request.id'] === requestId)
      const told = records.filter(({ message }) => message !== 'request received')
      const expected = ['begin', 'end', 'streaming', 'request completed', ...places]
      expect(told.map(({ message }) => message).toSorted()).toEqual(expected.toSorted())
      const authenticated = told.filter(({ message }) => message !== 'middleware')
      expect(new Set(authenticated.map(({ fields }) => fields['user.id']))).toEqual(new Set([user]))
      expect(new Set(records.map(({ trace_id }) => trace_id)).size).toBe(1)
    }
    expect(new Set(spans.map(({ name }) => name))).toEqual(new Set(['GET /rooms/:user']))
  },
)
