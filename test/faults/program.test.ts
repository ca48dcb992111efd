import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { dropped, NOTHING_WRONG, Trial } from './trial.ts'

test.concurrent.for([
  ['what was said before', 1_000],
  ['an ERROR that is the first record of all', 0],
] as const)('while the event loop is blocked, %s arrives', async ([, saidBefore], context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: saidBefore })
  await speaker.ask('settle')
  let blocked = true
  const block = speaker.ask('block', { millis: 5_000, count: 10 }).then(() => (blocked = false))
  await until('the records said before', () => trial.receiver.logs.length === saidBefore + 10)
  expect(blocked).toBe(true)
  await block
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: saidBefore + 10 })
})

const LARGEST_VALUE = 300_000

test.concurrent(
  'strange values arrive marked and bounded and without secrets, and so does what they say while they are written',
  async (context) => {
    const trial = await Trial.open(context)
    const speaker = trial.start('speaker')
    await speaker.ask('strange')
    expect(await speaker.ask('flush')).toBe(true)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 8 + 2 * 1_000 + 10 })
    expect(dropped(await speaker.ask('status'))).toBe(0)
    const strange = trial.receiver.logs.filter(({ attributes }) => 'strange' in attributes)
    const values = Object.fromEntries(strange.map(({ attributes }) => [attributes['strange'], attributes['value']]))
    expect(values).toEqual({
      converting: 'converted',
      getting: { text: 'got' },
      huge: expect.objectContaining({ password: '[REDACTED]' }),
      wide: expect.objectContaining({ list: expect.any(Array) }),
      bytes: expect.any(String),
      cyclic: { name: 'self', self: '[Circular]' },
      throwing: '[unreadable: no JSON]',
      proxy: expect.stringMatching(/^\[unreadable: /),
    })
    const text = strange.map(({ attributes }) => JSON.stringify(attributes))
    expect(Math.max(...text.map(({ length }) => length))).toBeLessThan(LARGEST_VALUE)
    expect(text.filter((line) => line.includes('hunter2'))).toEqual([])
  },
)

test.concurrent('a value that ends the program while it is written takes no other record with it', async (context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ready
  const { code } = await speaker.end('inside', 100)
  expect(code).toBe(3)
  await trial.drain()
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 101 })
})

test.concurrent(
  'a program whose standard output nobody reads any more goes on, and its records arrive',
  async (context) => {
    const trial = await Trial.open(context)
    const speaker = trial.start('speaker', { env: { CONSOLE: '1' } })
    await speaker.ask('say', { count: 10 })
    speaker.child.stdout?.destroy()
    await speaker.ask('speak', { perSecond: 100, seconds: 1 })
    expect((await speaker.end('natural')).code).toBe(0)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 110 })
  },
)
