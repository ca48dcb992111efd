import type { Span } from '@opentelemetry/api'
import {
  audit,
  bindContext,
  enrich,
  getLogger,
  logError,
  logOperation,
  operation,
  withContext,
  type ExplicitRecord,
  type Fields,
  type LevelName,
  type Logger,
  type Operation,
  type StartedOperation,
} from 'clew'
import { expectTypeOf } from 'vitest'

/* Compiled only. */

const log = getLogger('orders')
const caught: unknown = new Error('x')
interface Cart {
  readonly items: number
}
const cart: Cart = { items: 1 }

export function everyFormOfACall(): void {
  expectTypeOf(log).toEqualTypeOf<Logger>()
  for (const level of ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'warn', 'fatal'] as const) {
    log[level]('message')
    log[level]('message', { 'order.id': 7, cart })
    log[level]('message', caught)
    log[level]('message', caught, { 'order.id': 7 })
    log[level](new Error('x'))
    log[level](() => 'message')
    log[level](() => ['message', { cart }])
    // @ts-expect-error a message is text
    log[level](7)
    // @ts-expect-error what was caught may be anything: it stands beside a message
    log[level](caught)
    // @ts-expect-error fields are an object
    log[level]('message', caught, 'more')
    // @ts-expect-error the function makes a message
    log[level](() => 7)
  }
  // @ts-expect-error no such level
  log.notice('message')
  // @ts-expect-error a component has a name
  getLogger()
}

export function restOfALogger(): void {
  log.event('transcript.published', { length: 3 }, 'DEBUG')
  // @ts-expect-error events have a name
  log.event()
  // @ts-expect-error levels of events are in capitals
  log.event('transcript.published', {}, 'debug')
  expectTypeOf<Logger['enabled']>().toEqualTypeOf<(level: LevelName) => boolean>()
  expectTypeOf(log.child({ shard: 1 })).toEqualTypeOf<Logger>()
  // @ts-expect-error fields are an object
  log.child('shard')
  expectTypeOf(log.info('message')).toBeVoid()
}

export async function operations(): Promise<void> {
  expectTypeOf(log.operation('sync', () => 7)).toBeNumber()
  expectTypeOf(log.operation('async', async () => cart)).toEqualTypeOf<Promise<Cart>>()
  expectTypeOf(
    await log.operation('awaited', { level: 'DEBUG', slowMillis: 5, fields: {} }, async () => 'x'),
  ).toBeString()
  expectTypeOf(log.operation('nothing', () => {})).toBeVoid()
  expectTypeOf(log.operation('never', () => { throw new Error('x') })).toBeNever() // prettier-ignore
  log.operation('given', (op) => {
    expectTypeOf(op).toEqualTypeOf<Operation>()
    expectTypeOf(op.span).toEqualTypeOf<Span>()
    op.set({ id: 7 })
  })
  const generic = <T>(value: T): T => log.operation('generic', () => value)
  expectTypeOf(generic(cart)).toEqualTypeOf<Cart>()
  // @ts-expect-error a function is missing
  log.operation('nothing to run')
  // @ts-expect-error no such option
  log.operation('slow', { slowMs: 5 }, () => {})
  // @ts-expect-error levels of operations are in capitals
  log.operation('loud', { level: 'debug' }, () => {})
}

export function startedOperations(): void {
  using started = log.startOperation('import', { fields: { file: 'a.csv' } })
  expectTypeOf(started).toEqualTypeOf<StartedOperation>()
  expectTypeOf(started).toExtend<Disposable>()
  started.set({ rows: 3 })
  started.end()
  started.fail(caught)
  // @ts-expect-error what was thrown is missing
  started.fail()
}

export class Orders {
  @operation()
  place(id: number): string {
    return String(id)
  }

  @operation({ name: 'find', component: 'orders', slowMillis: 200, level: 'DEBUG', fields: { shard: 1 } })
  async find<T>(value: T): Promise<T> {
    return value
  }

  // @ts-expect-error only methods are operations
  @operation()
  accessor size = 1

  // @ts-expect-error no such option
  @operation({ slow: 200 })
  count(): number {
    return 1
  }
}
expectTypeOf<Orders['place']>().toEqualTypeOf<(id: number) => string>()

export function context(): void {
  expectTypeOf(withContext({ 'user.id': 'u' }, () => 7)).toBeNumber()
  expectTypeOf(withContext({}, async () => 'x')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(bindContext({ 'user.id': 'u' })).toBeBoolean()
  expectTypeOf(enrich({ items: 2 })).toBeBoolean()
  // @ts-expect-error a function is missing
  withContext({ 'user.id': 'u' })
  // @ts-expect-error fields are an object
  bindContext('user.id', 'u')
  // @ts-expect-error fields are an object
  enrich()
}

export function everyPartByName(): void {
  const record: ExplicitRecord = { component: 'a', message: 'm' }
  logOperation({
    ...record,
    level: 'WARNING',
    operation: 'o',
    sessionId: 's',
    userId: 'u',
    tenantId: 't',
    requestId: 'r',
    durationMillis: 1,
    metadata: { cart },
  })
  logError(caught, { component: 'a' })
  // @ts-expect-error a message is missing
  logOperation({ component: 'a' })
  // @ts-expect-error no such part
  logOperation({ ...record, session_id: 's' })
  // @ts-expect-error a component is missing
  logError(caught, {})
}

export function auditing(): void {
  expectTypeOf(
    audit.login({ user: { id: 'u', email: 'a@example.org', role: ['clerk'] }, method: 'password' }),
  ).toBeBoolean()
  audit.userAction({ user: 'u', action: 'resume_upload', status: 'SUCCESS', details: { pages: 2 } })
  const publish = audit.defineAction<{ id: string }>('publish')
  expectTypeOf(publish({ user: 'u', details: { id: 't' } })).toBeBoolean()
  // @ts-expect-error an action is missing
  audit.userAction({ user: 'u' })
  // @ts-expect-error no such status
  audit.userAction({ action: 'x', status: 'MAYBE' })
  // @ts-expect-error these are not its details
  publish({ user: 'u', details: { name: 't' } })
}

expectTypeOf<Fields>().toEqualTypeOf<Readonly<Record<string, unknown>>>()
