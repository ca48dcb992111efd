import { type RunningServer, type ServerOptions, ServerStartError, StoreError, startServer } from '../server/index.ts'
import type { Output } from './output.ts'

/** What every command takes that starts the server. */
export interface ServerArguments {
  readonly port: number
  readonly otlpPort: number
  readonly data: string
}

/** Starts the server; where it can't, says why, and the cure for this command, and answers undefined. */
export async function startedServer(
  { port, otlpPort, data }: ServerArguments,
  command: string,
  output: Output,
): Promise<RunningServer | undefined> {
  const onError = (error: unknown): void =>
    output.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const options: ServerOptions = { port, otlpPort, dataFolder: data, onError }
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
  return error.message.startsWith('OTLP')
    ? `\nAnother port: ${command} --otlp-port <port>`
    : `\nAnother port: ${command} --port <port>`
}
