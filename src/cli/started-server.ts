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
    if (grpcPort !== false) await quietGrpc()
    return await startServer(options)
  } catch (error) {
    if (!(error instanceof ServerStartError || error instanceof StoreError)) throw error
    output.complain(`${error.message}${cure(error, command)}`)
    return undefined
  }
}

/**
 * The process of the server is clew's own, and its standard error is for what its user can do something about: gRPC would tell there of each header that a caller has wrong. Where gRPC can't be loaded,
 * `startServer` says so.
 */
async function quietGrpc(): Promise<void> {
  if (process.env['GRPC_VERBOSITY'] || process.env['GRPC_NODE_VERBOSITY']) return
  const grpc = await import('@grpc/grpc-js').catch(() => undefined)
  grpc?.setLogVerbosity(grpc.logVerbosity.NONE)
}

function cure(error: Error, command: string): string {
  if (error instanceof StoreError) return `\nAnother folder: ${command} --data <folder>`
  if (error.message.startsWith('gRPC'))
    return `\nAnother port: ${command} --grpc-port <port>; without gRPC: --grpc-port off`
  return error.message.startsWith('OTLP')
    ? `\nAnother port: ${command} --otlp-port <port>`
    : `\nAnother port: ${command} --port <port>`
}
