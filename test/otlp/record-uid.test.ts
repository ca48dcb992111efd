import { expect, test } from 'vitest'
import { RecordUids, uidAttribute } from '../../src/otlp/index.ts'

test('uids are ULIDs that sort as they were made, and their attribute holds them', () => {
  const uids = new RecordUids()
  const made = Array.from({ length: 5_000 }, (_, index) =>
    uids.next(1_700_000_000_000 + Math.floor(index / 100)).text(),
  )
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(5_000)
  expect(made[0]).toMatch(/^01HF7YAT00[0-9A-HJKMNP-TV-Z]{16}$/)
  expect(Buffer.from(uids.attribute)).toEqual(Buffer.from(uidAttribute(made[4_999] as string)))
})
