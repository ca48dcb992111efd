/** A logger whose records clew takes, encodes and sends, beside the lines that it writes itself. Options: `pino`, `winston`, `bunyan`, `console`. */
import { endpoint, home, loadClew } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { openExisting } from './existing-loggers.ts'

const FLUSH_MILLIS = 60_000

export async function open(option: string): Promise<Peer> {
  const { init } = await loadClew()
  const clew = init({
    service: 'bench',
    level: 'INFO',
    otlp: { endpoint: endpoint() },
    home: home(),
    loggers: { console: option === 'console' },
  })
  const { info, close } = openExisting(option)
  return {
    info,
    close: async () => {
      await close?.()
      await clew.flush(FLUSH_MILLIS)
      await clew.shutdown()
    },
  }
}
