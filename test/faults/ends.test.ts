import { expect, test, type TestContext } from 'vitest'
import { healthy, silent, status, type Behaviour } from './receiver.ts'
import { NOTHING_WRONG, Trial } from './trial.ts'

const RECORDS = 1_000
/** So long a program waits for delivery while it ends. */
const EXIT_MILLIS = 2_000
/** And what a busy machine adds. */
const MAX_END_MILLIS = EXIT_MILLIS + 3_000
const MAX_SHUTDOWN_MILLIS = 5_000 + 3_000

/** A receiver that refuses connections is none at all. */
const RECEIVERS: readonly [string, Behaviour | undefined][] = [
  ['well', healthy],
  ['away', undefined],
  ['silent', silent],
  ['one that asks to wait for an hour', status(503, { 'retry-after': '3600' })],
]

async function facing(behaviour: Behaviour | undefined, context: TestContext): Promise<Trial> {
  const trial = await Trial.open(context)
  if (behaviour === undefined) await trial.receiver.close()
  else trial.receiver.behave = behaviour
  return trial
}

const ENDS = ['natural', 'exit', 'throw', 'SIGTERM', 'SIGINT'].flatMap((way) =>
  RECEIVERS.map(([name, behaviour]) => ({ way, name, behaviour })),
)

test.concurrent.for(ENDS)(
  'a program that ends by $way while the receiver is $name ends as it would without clew, soon, and loses nothing',
  async ({ way, behaviour }, context) => {
    const trial = await facing(behaviour, context)
    const bare = await trial.start('bare', { env: { BARE: '1' } }).end(way)
    const speaker = trial.start('speaker')
    await speaker.ask('say', { count: RECORDS })
    await speaker.ask('say', { count: 10, level: 'error' })
    const { code, signal, millis } = await speaker.end(way, RECORDS)
    expect({ code, signal }).toEqual({ code: bare.code, signal: bare.signal })
    expect(millis).toBeLessThan(MAX_END_MILLIS)
    // On a very busy machine a receiver that is well may be too slow.
    const late = millis > EXIT_MILLIS && behaviour === healthy
    expect(trial.account().missing === (behaviour === healthy ? 0 : 2 * RECORDS + 10) || late).toBe(true)
    const { left } = await trial.drain()
    const account = trial.account()
    expect({ ...account, doubles: 0 }).toEqual({ ...NOTHING_WRONG, said: 2 * RECORDS + 11 })
    expect(account.doubles === 0 || late).toBe(true)
    expect(left).toEqual([])
  },
)

test.concurrent.for(RECEIVERS)(
  'shutdown() while the receiver is %s ends soon and loses nothing',
  async ([, behaviour], context) => {
    const trial = await facing(behaviour, context)
    const speaker = trial.start('speaker')
    await speaker.ask('say', { count: RECORDS })
    const { millis } = await speaker.ask('shutdown')
    expect(millis).toBeLessThan(MAX_SHUTDOWN_MILLIS)
    expect((await speaker.end('natural')).code).toBe(0)
    const { left } = await trial.drain()
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS + 1 })
    expect(left).toEqual([])
  },
)
