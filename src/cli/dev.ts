import { resolve } from 'node:path'
import { type DevProgramEnd, runProgram } from './dev-program.ts'
import { type DevServer, findServer } from './dev-server.ts'
import { openBrowser } from './open-browser.ts'
import type { Output } from './output.ts'
import type { ServerArguments } from './started-server.ts'
import { stopSignal } from './stop-signal.ts'

/** What `clew dev` takes. */
export interface DevOptions extends ServerArguments {
  /** Whether the server stays when the program has ended. */
  readonly keep?: boolean
  /** Whether the viewer is opened in a browser. */
  readonly open?: boolean
}

/** Runs a program, as it is, with clew in it, and a server to look at what it says; resolves to how the program ended. */
export async function dev(command: readonly string[], options: DevOptions, output: Output): Promise<DevProgramEnd> {
  const server = await findServer(options, output)
  if (server === undefined) return { code: 1, signal: null, final: true }
  output.remark(`viewer ${server.viewer}`)
  const given = process.env['OTEL_EXPORTER_OTLP_ENDPOINT']
  if (process.env['OTEL_CONFIG_FILE'])
    output.remark(
      'OTEL_CONFIG_FILE is set: telemetry goes where it says, and the viewer shows none of it unless that is here',
    )
  else if (given !== undefined && given !== server.otlp && given !== server.grpc)
    output.remark('OTEL_EXPORTER_OTLP_ENDPOINT is set: telemetry goes there, and the viewer shows none of it')
  if (options.open === true && !process.env['CI']) openBrowser(server.viewer)
  const end = await runProgram(command, programEnvironment(server, options), output)
  if (server.close === undefined) return end
  if (options.keep === true && !end.final) {
    output.remark(`the program ended (${end.signal ?? end.code}); the viewer stays until Ctrl+C`)
    await stopSignal()
  }
  await server.close()
  return end
}

/**
 * The program's environment: `NODE_OPTIONS` reaches every Node process that it starts, through npm, npx and shells too. What the user set stays. What the program says on its console becomes records,
 * unless the user wants it otherwise.
 */
function programEnvironment({ otlp }: DevServer, { data }: DevOptions): NodeJS.ProcessEnv {
  const register = new URL('../register.js', import.meta.url).href
  const { NODE_OPTIONS = '', OTEL_EXPORTER_OTLP_ENDPOINT, CLEW_HOME, CLEW_LOGGERS } = process.env
  return {
    ...process.env,
    NODE_OPTIONS: `${NODE_OPTIONS} --import=${register}`.trimStart(),
    CLEW_HOME: CLEW_HOME || resolve(data),
    CLEW_LOGGERS: CLEW_LOGGERS ? `console,${CLEW_LOGGERS}` : 'console',
    ...(OTEL_EXPORTER_OTLP_ENDPOINT
      ? undefined
      : { OTEL_EXPORTER_OTLP_ENDPOINT: otlp, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }),
  }
}
