import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type RunningServer, type ServerOptions } from '../../../src/server/index.ts'

/** The embedded server with the built viewer, on free ports and a folder of its own. */
export interface TestServer {
  readonly viewer: string
  readonly otlp: string
  /** Stops it and starts it again on the same ports with the same store; `between` runs while it is away. */
  restart(between: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** Starts it. The page must have been built: `npm run build:viewer`. */
export async function startTestServer(): Promise<TestServer> {
  const page = new URL('../../../dist/viewer/index.html', import.meta.url)
  if (!existsSync(page)) throw new Error('the viewer is not built: npm run build:viewer')
  const dataFolder = await mkdtemp(join(tmpdir(), 'clew-viewer-'))
  const start = (ports: ServerOptions) => startServer({ dataFolder, grpcPort: false, ...ports })
  let server: RunningServer = await start({ port: 0, otlpPort: 0 })
  const { port, otlpPort, urls } = server
  return {
    viewer: urls.viewer,
    otlp: urls.otlp,
    restart: async (between) => {
      await server.close()
      await between()
      server = await start({ port, otlpPort })
    },
    close: async () => {
      await server.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
