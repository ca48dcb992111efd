import type { Attributes } from '@opentelemetry/api'
import { getLogger } from 'clew'
import { captureLogs, clewMatchers, type CapturedLogs, type CapturedRecord, type CapturedSpan } from 'clew/testing'
import 'clew/testing/vitest'
import 'clew/testing/jest'
import { expect as jestExpect } from 'expect'
import { expect, expectTypeOf } from 'vitest'

/* Compiled only. */

export async function captures(): Promise<void> {
  using captured = captureLogs({ level: 'debug' })
  expectTypeOf(captured).toEqualTypeOf<CapturedLogs>()
  expectTypeOf(captured.records).toEqualTypeOf<readonly CapturedRecord[]>()
  expectTypeOf(captured.spans).toEqualTypeOf<readonly CapturedSpan[]>()
  expectTypeOf(captured.text).toBeString()
  expectTypeOf(captureLogs((one) => one.records.length)).toBeNumber()
  expectTypeOf(captureLogs({ level: 'INFO' }, async () => 'x')).toEqualTypeOf<Promise<string>>()
  const [record] = captured.records
  expectTypeOf(record?.error?.message).toEqualTypeOf<string | undefined>()
  expectTypeOf(record?.otlp.attributes).toExtend<Attributes | undefined>()
  // @ts-expect-error no such level
  captureLogs({ level: 'loud' })
  // @ts-expect-error it grows by itself
  captured.records.push(record)
  getLogger('a').info('b')
}

export async function matchersOfVitest(captured: CapturedLogs): Promise<void> {
  expect(captured).toHaveLogged('message')
  expect(captured).toHaveLogged(/message/)
  expect(captured).not.toHaveLogged({
    level: 'warn',
    message: /x/,
    component: 'a',
    user_id: 'u',
    'order.id': expect.any(Number),
  })
  expect(captured).toHaveLoggedTimes({ level: 'INFO' }, 2)
  expect(captured).toHaveSpan('charge', { kind: 'SERVER', status: 'ERROR', parent: undefined, 'order.id': 7 })
  expect(captured).toHaveNoSecrets()
  expect(captured).toHaveNoSecrets(['a', /b/])
  await expect(Promise.resolve(captured)).resolves.toHaveLogged('message')
  // @ts-expect-error no such level
  expect(captured).toHaveLogged({ level: 'loud' })
  // @ts-expect-error what is expected is missing
  expect(captured).toHaveLogged()
  // @ts-expect-error how many is missing
  expect(captured).toHaveLoggedTimes('message')
  // @ts-expect-error no such kind
  expect(captured).toHaveSpan('charge', { kind: 'PARENT' })
  // @ts-expect-error a secret is text
  expect(captured).toHaveNoSecrets([7])
}

export async function matchersOfJest(captured: CapturedLogs): Promise<void> {
  jestExpect.extend(clewMatchers)
  expectTypeOf(jestExpect(captured).toHaveLogged('message')).toBeVoid()
  jestExpect(captured).not.toHaveLoggedTimes({ level: 'INFO', 'order.id': jestExpect.any(Number) }, 2)
  jestExpect(captured).toHaveSpan(/charge/)
  expectTypeOf(jestExpect(Promise.resolve(captured)).resolves.toHaveNoSecrets('a')).toEqualTypeOf<Promise<void>>()
  // @ts-expect-error no such level
  jestExpect(captured).toHaveLogged({ level: 'loud' })
  // @ts-expect-error a name is missing
  jestExpect(captured).toHaveSpan()
}

/** What `@types/jest` declares, filled by clew. */
export function matchersOfJestsTypes(matchers: jest.Matchers<void, CapturedLogs>): void {
  expectTypeOf(matchers.toHaveLogged('message')).toBeVoid()
  // @ts-expect-error how many is missing
  matchers.toHaveLoggedTimes('message')
}
