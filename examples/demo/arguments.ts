import { parseArgs } from 'node:util'

/** What `demo` takes. */
export interface DemoArguments {
  readonly help: boolean
  /** End after the proof. */
  readonly once: boolean
  readonly port: number
  readonly otlpPort: number
}

export const HELP = `npm run demo [-- --once]

Starts clew's embedded server and an example service (HTTP, WebSocket, Redis), sends it requests for a few seconds,
and compares what was sent with what the log API knows. Then it keeps a light load up, to look at in the viewer.

  --once              end after the proof: 0 when everything arrived, 1 when something is missing
  --port <port>       port of the viewer and the log API (4319; 0 takes any free one)
  --otlp-port <port>  port of the OTLP receiver (4318; 0 takes any free one)
  --help              this text

REDIS_URL chooses a Redis that runs already; without it, redis-server is started for as long as the demo lasts.`

/** Reads the command line. @throws Error that says what is wrong with it */
export function readArguments(given: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '4319' },
      'otlp-port': { type: 'string', default: '4318' },
    },
  })
  return {
    help: values.help,
    once: values.once,
    port: portOf('--port', values.port),
    otlpPort: portOf('--otlp-port', values['otlp-port']),
  }
}

function portOf(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new Error(`${option}: found ${text}, allowed: 0 to 65535`)
}
