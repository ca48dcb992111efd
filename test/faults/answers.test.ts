import { expect, test } from 'vitest'
import {
  rawAnswer,
  resetInAnswer,
  resetInRequest,
  silent,
  slowLoris,
  status,
  times,
  type Behaviour,
} from './receiver.ts'
import { dropped, NOTHING_WRONG, Trial } from './trial.ts'

const RECORDS = 3_000

/** The only ones after which a record may come again. */
const RESETS = 3
const resets = times(RESETS, resetInAnswer)
const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'

test.concurrent.for<[string, Behaviour, string?]>([
  ['503', times(4, status(503))],
  ['429 and a time to wait', times(2, status(429, { 'retry-after': '1' }))],
  ['503 and a time to wait that is none', times(2, status(503, { 'retry-after': 'soon' }))],
  ['503 and a time to wait that is over', times(2, status(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }))],
  ['nothing', times(2, silent), '2000'],
  ['a byte a second, without end', times(2, slowLoris), '2000'],
  ['a reset as soon as it is asked', times(3, resetInRequest)],
  ['a reset in the middle of its answer', resets],
  ['something that is not HTTP', times(3, rawAnswer('\u0015\u0003\u0001\u0000\u0002\u0002\u0046'))],
  ['an end without an answer', times(3, rawAnswer(''))],
  ['half a head', times(3, rawAnswer('HTTP/1.1 200 OK\r\nContent-'))],
  ['a change of protocol', times(2, rawAnswer(UPGRADE))],
  ['an early hint and then nothing', times(2, rawAnswer('HTTP/1.1 103 Early Hints\r\n\r\n'))],
])(
  'a receiver that answers with %s for a while gets everything, in order',
  async ([, behaviour, timeoutMillis = '10000'], context) => {
    const trial = await Trial.open(context)
    trial.receiver.behave = behaviour
    const speaker = trial.start('speaker', { env: { OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMillis } })
    await speaker.ask('say', { count: RECORDS })
    expect(await speaker.ask('flush')).toBe(true)
    const account = trial.account()
    expect({ ...account, doubles: 0 }).toEqual({ ...NOTHING_WRONG, said: RECORDS })
    expect(account.doubles).toBeLessThanOrEqual(behaviour === resets ? RESETS * RECORDS : 0)
    const { delivery } = await speaker.ask('status')
    expect([delivery?.delivered.logs, dropped({ delivery })]).toEqual([RECORDS, 0])
  },
)
