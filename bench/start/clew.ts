/** Node with clew, everything on but the console. With `said`: also a first record, sent and answered. */
import { endpoint, loadClew } from '../clew-build.ts'
import { ready } from './ready.ts'

const { getLogger, init } = await loadClew()
const clew = init({
  service: 'bench',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: process.env['BENCH_HOME'] ?? '',
})
if (process.argv[2] === 'said') {
  getLogger('bench').info('started')
  await clew.flush()
}
ready()
await clew.shutdown()
