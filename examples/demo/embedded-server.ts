import { type RunningServer, ServerStartError, startServer } from 'clew/server'

/** Which ports the embedded server is asked for. */
export interface WantedPorts {
  readonly port: number
  readonly otlpPort: number
}

/**
 * Starts the embedded server; where a port is in use it takes a free one and says so.
 * @throws what `startServer` throws, for any other reason
 */
export async function startEmbeddedServer(
  { port, otlpPort }: WantedPorts,
  dataFolder: string,
  say: (line: string) => void,
): Promise<RunningServer> {
  try {
    return await startServer({
      port,
      otlpPort,
      // The demo's service sends by HTTP.
      grpcPort: false,
      dataFolder,
      onError: (error) => say(`embedded server: ${String(error)}`),
    })
  } catch (error) {
    if (!(error instanceof ServerStartError) || !isInUse(error)) throw error
    const otlp = error.message.startsWith('OTLP')
    const taken = otlp ? otlpPort : port
    if (taken === 0) throw error
    say(`port ${taken} is in use: taking a free one for the ${otlp ? 'OTLP receiver' : 'viewer'}`)
    return startEmbeddedServer(otlp ? { port, otlpPort: 0 } : { port: 0, otlpPort }, dataFolder, say)
  }
}

function isInUse(error: ServerStartError): boolean {
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE'
}
