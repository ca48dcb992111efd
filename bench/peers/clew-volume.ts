/** clew with everything on, as in `clew.ts`, and one feature against too many records, which the option names. */
import { endpoint, home, loadClew } from '../clew-build.ts'
import type { InitOptions } from '../../src/index.ts'
import type { Peer } from '../peer.ts'

const FLUSH_MILLIS = 60_000
const NEVER = 2 ** 31 - 1

const FEATURES: Readonly<Record<string, InitOptions>> = {
  '': {},
  // A rule for another component.
  other: { volume: [{ component: 'carts', sample: 0.01, perSecond: 1, repeatMillis: NEVER }] },
  // Rules for this one by which all of it passes.
  passing: { volume: [{ sample: 1 }] },
  sampled: { volume: [{ sample: 0.01 }] },
  rated: { volume: [{ perSecond: 100 }] },
  'rated-together': { volume: [{ perSecond: 100, per: 'component' }] },
  repeated: { volume: [{ repeatMillis: NEVER }] },
  recorder: { flightRecorder: true },
  control: { levelControl: { file: 'no-such-file', signal: 'SIGUSR2' } },
}

export async function open(option: string): Promise<Peer> {
  const { getLogger, init } = await loadClew()
  const clew = init({
    service: 'bench',
    level: 'INFO',
    console: { enabled: false },
    otlp: { endpoint: endpoint() },
    home: home(),
    ...FEATURES[option],
  })
  if (option === 'narrowed') clew.setLevel('DEBUG', { where: { 'user.id': 'nobody' } })
  const log = getLogger('orders')
  return {
    info: (message, fields) => log.info(message, fields),
    off: (message, fields) => log.debug(message, fields),
    guarded: (message, fields) => log.debug(() => [message, fields]),
    held: (message, fields) => log.debug(message, fields),
    count: (_message, { price }) => log.count('order', { price }),
    // Inside an operation, whose closing record has the sums.
    ...(option === 'operation' ? { inSpan: (fn) => log.operation('bench', fn) } : undefined),
    close: async () => {
      await clew.flush(FLUSH_MILLIS)
      await clew.shutdown()
    },
  }
}
