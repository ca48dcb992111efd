import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { carriedText, type CarriedText } from './support/carriers.ts'
import { TEXT_PLACES, VALUE_PLACES } from './support/everywhere.ts'
import { Outlets } from './support/outlets.ts'
import { carriedValue } from './support/structures.ts'

/** `PLANTING_RUNS=20000 PLANTING_SEED=…` searches longer, or again. */
const RUNS = Number(process.env['PLANTING_RUNS'] ?? 1_500)
const SEED = Number(process.env['PLANTING_SEED'] ?? Date.now() % 2 ** 31)
const LONGEST_STRING = 32_768
const PIECE = 8

console.log(`planting with PLANTING_SEED=${SEED}`)

let outlets: Outlets
beforeAll(() => {
  outlets = new Outlets()
})
afterAll(() => outlets.close())

/** A secret, and its halves when they are long enough to help somebody. */
function piecesOf(text: string): string[] {
  const secret = Buffer.from(text).toString('latin1')
  const half = Math.floor(secret.length / 2)
  return half < PIECE ? [secret] : [secret, secret.slice(0, half), secret.slice(-half)]
}

/** What left of these secrets, with what stands around it. */
function leaked(secrets: readonly string[]): string[] {
  const left = outlets.take()
  return secrets.flatMap(piecesOf).flatMap((piece) => {
    const at = left.indexOf(piece)
    return at < 0 ? [] : [`${piece} in ${JSON.stringify(left.slice(Math.max(0, at - 120), at + 120))}`]
  })
}

const parameters = { numRuns: RUNS, seed: SEED }
const textPlace = fc.constantFrom(...TEXT_PLACES)

test('what is said does leave', () => {
  for (const place of TEXT_PLACES) {
    place.say('nothing to hide')
    expect(outlets.take()).toContain('nothing to hide')
  }
})

describe('no planted secret leaves', () => {
  test('in a text, wherever it is said', () => {
    fc.assert(
      fc.property(carriedText, textPlace, ({ text, secrets }, place) => {
        place.say(text)
        expect(leaked(secrets)).toEqual([])
      }),
      parameters,
    )
  })

  test('in a value, wherever it is said', () => {
    fc.assert(
      fc.property(carriedValue, fc.constantFrom(...VALUE_PLACES), ({ value, secrets }, place) => {
        place.say(value)
        expect(leaked(secrets)).toEqual([])
      }),
      parameters,
    )
  })

  test('in a text that is too long and cut', () => {
    const before = fc.integer({ min: -1_500, max: 400 })
    const after = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(carriedText, textPlace, before, after, (carried, place, offset, rest) => {
        place.say(longText(carried, offset, rest))
        expect(leaked(carried.secrets)).toEqual([])
      }),
      { ...parameters, numRuns: RUNS / 4 },
    )
  })

  test('in a resource', () => {
    fc.assert(
      fc.property(carriedText, ({ text, secrets }) => {
        const left = Buffer.from(outlets.resource({ detail: text, [text]: 1, list: [text] })).toString('latin1')
        expect(secrets.flatMap(piecesOf).filter((piece) => left.includes(piece))).toEqual([])
      }),
      parameters,
    )
  })

  test('in a metric', async () => {
    const planted = fc.sample(carriedText, { numRuns: 200, seed: SEED })
    for (const [index, { text }] of planted.entries()) {
      const options = { description: text, unit: text }
      outlets
        .meter(text)
        .createCounter(`count_${index}`, options)
        .add(1, { detail: text, [text]: 1 })
      outlets.meter('planting').createHistogram(`histogram_${index}`, options).record(1, { detail: text })
    }
    await outlets.collect()
    expect(leaked(planted.flatMap(({ secrets }) => secrets))).toEqual([])
  })
})

const FILLER = 'the quick brown fox jumps over the lazy dog and '

/** The secret stands somewhere around the place where the text is cut. */
function longText({ text }: CarriedText, offset: number, rest: number): string {
  const before = FILLER.repeat(LONGEST_STRING / FILLER.length + 100).slice(0, LONGEST_STRING + offset)
  return `${before} ${text} ${FILLER.repeat(rest / FILLER.length)}`
}
