/** The client with clew: spans and metrics, sent. */
import { endpoint, home, loadClew } from '../clew-build.ts'
import { commandArguments, runCommands } from './commands.ts'

const { init } = await loadClew()
const clew = init({
  service: 'bench',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
  redis: { slowMillis: 60_000 },
  sampler: 'parentbased_traceidratio',
  samplerRatio: commandArguments().ratio,
  shutdownTimeoutMillis: 60_000,
})
await runCommands(() => clew.shutdown())
