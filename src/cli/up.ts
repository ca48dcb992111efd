import type { Output } from './output.ts'
import { type ServerArguments, startedServer } from './started-server.ts'
import { stopSignal } from './stop-signal.ts'

/** Starts the server and stays until SIGINT or SIGTERM; resolves to the exit code. */
export async function up(options: ServerArguments, output: Output): Promise<number> {
  const stopped = stopSignal()
  const server = await startedServer(options, 'clew up', output)
  if (server === undefined) return 1
  const style = output.style.bind(output)
  output.say(`${style('bold', 'viewer')}  ${style('cyan', server.urls.viewer)}`)
  output.say(
    `${style('bold', 'OTLP')}    ${style('cyan', server.urls.otlp)}  (OTEL_EXPORTER_OTLP_ENDPOINT, http/protobuf or http/json)`,
  )
  if (server.urls.grpc !== undefined)
    output.say(
      `${style('bold', 'gRPC')}    ${style('cyan', server.urls.grpc)}  (the same, with OTEL_EXPORTER_OTLP_PROTOCOL=grpc)`,
    )
  output.say(`${style('bold', 'store')}   ${server.storePath}`)
  output.say('Ctrl+C stops it.')
  const signal = await stopped
  output.say(`${signal}: stopping`)
  await server.close()
  return 0
}
