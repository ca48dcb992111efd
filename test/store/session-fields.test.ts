import { expect, test } from 'vitest'
import { WEBSOCKET_ATTRIBUTES, WEBSOCKET_EVENTS } from '../../instrumentations/websocket/index.ts'
import { SESSION_ATTRIBUTES, SESSION_EVENTS } from '../../src/store/session/websocket-fields.ts'

test('the store reads sessions by the names that the instrumentation writes', () => {
  expect(WEBSOCKET_ATTRIBUTES).toMatchObject(SESSION_ATTRIBUTES)
  expect(WEBSOCKET_EVENTS).toMatchObject(SESSION_EVENTS)
})
