import { type RunningServer, type ServerOptions, ServerStartError, StoreError, startServer } from '../server/index.ts'
import type { Output } from './output.ts'

/** What every command takes that starts the server. */
export interface ServerArguments {
  readonly port: number
  readonly otlpPort: number
  /** Undefined for the server's default, false for none. */
  readonly grpcPort?: number | false
  readonly data: string
}

/** Starts the server; where it can't, says why, and the cure for this command, and answers undefined. */
export async function startedServer(
  { port, otlpPort, grpcPort, data }: ServerArguments,
  command: string,
  output: Output,
): Promise<RunningServer | undefined> {
  const onError = (error: unknown): void =>
    output.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const options: ServerOptions = {
    port,
    otlpPort,
    ...(grpcPort === undefined ? undefined : { grpcPort }),
    dataFolder: data,
    onError,
  }
  try {
    return await startServer(options)
  } catch (error) {
    if (!(error instanceof ServerStartError || error instanceof StoreError)) throw error
    output.complain(`${error.message}${cure(error, command)}`)
    return undefined
  }
}

function cure(error: Error, command: string): string {
  if (error instanceof StoreError) return `\nAnother folder: ${command} --data <folder>`
  if (error.message.startsWith('gRPC'))
    return `\nAnother port: ${command} --grpc-port <port>; without gRPC: --grpc-port off`
  return error.message.startsWith('OTLP')
    ? `\nAnother port: ${command} --otlp-port <port>`
    : `\nAnother port: ${command} --port <port>`
}
