import { type ServerOptions, ServerStartError, StoreError, startServer } from '../server/index.ts'
import type { Output } from './output.ts'

/** What `clew up` takes. */
export interface UpOptions {
  readonly port: number
  readonly otlpPort: number
  readonly data: string
}

/** Starts the server and stays until SIGINT or SIGTERM; resolves to the exit code. */
export async function up(options: UpOptions, output: Output): Promise<number> {
  const stopped = stopSignal()
  const server = await started({ port: options.port, otlpPort: options.otlpPort, dataFolder: options.data }, output)
  if (server === undefined) return 1
  const style = output.style.bind(output)
  output.say(`${style('bold', 'viewer')}  ${style('cyan', server.urls.viewer)}`)
  output.say(
    `${style('bold', 'OTLP')}    ${style('cyan', server.urls.otlp)}  (OTEL_EXPORTER_OTLP_ENDPOINT, http/protobuf or http/json)`,
  )
  output.say(`${style('bold', 'store')}   ${server.storePath}`)
  output.say('Ctrl+C stops it.')
  const signal = await stopped
  output.say(`${signal}: stopping`)
  await server.close()
  return 0
}

async function started(options: ServerOptions, output: Output) {
  const onError = (error: unknown): void =>
    output.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
  try {
    return await startServer({ ...options, onError })
  } catch (error) {
    if (!(error instanceof ServerStartError || error instanceof StoreError)) throw error
    output.complain(`${error.message}${cure(error)}`)
    return undefined
  }
}

function cure(error: Error): string {
  if (error instanceof StoreError) return '\nAnother folder: clew up --data <folder>'
  return error.message.startsWith('OTLP')
    ? '\nAnother port: clew up --otlp-port <port>'
    : '\nAnother port: clew up --port <port>'
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
}
