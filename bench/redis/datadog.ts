/** The client with dd-trace, which takes the receiver for its agent. Its own telemetry, remote configuration and runtime metrics are off. */
import { createRequire } from 'node:module'
import { endpoint } from '../clew-build.ts'
import { commandArguments, runCommands } from './commands.ts'

interface Tracer {
  init(options: object): unknown
}

for (const feature of ['INSTRUMENTATION_TELEMETRY', 'REMOTE_CONFIGURATION', 'RUNTIME_METRICS'])
  process.env[`DD_${feature}_ENABLED`] = 'false'
process.env['DD_TRACE_STARTUP_LOGS'] = 'false'
const tracer = createRequire(import.meta.url)('dd-trace') as Tracer
tracer.init({ service: 'bench', url: endpoint(), sampleRate: commandArguments().ratio })
await runCommands()
