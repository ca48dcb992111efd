import { once } from 'node:events'
import type * as Http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { answer, onWord } from '../child.ts'

/** What the server of a trial tells of itself. */
export interface ServerCount {
  /** Main thread's CPU time since the start. */
  readonly threadMicros: number
  readonly served: number
}

/** What differs between the programs. */
export interface HelloParts {
  /** Said once per request, by those that have no request record of their own. */
  readonly record?: () => void
  /** Sends what there is left to send. */
  readonly stop?: () => Promise<unknown>
}

/** What a trial's command line says of the server: the framework, and the share of traces that are sampled. */
export interface HelloArguments {
  readonly framework: 'http' | 'fastify'
  readonly ratio: number
}

/** Reads them; what comes behind is the program's own. */
export function helloArguments([framework, ratio]: readonly string[] = process.argv.slice(2)): HelloArguments {
  return { framework: framework === 'fastify' ? 'fastify' : 'http', ratio: Number(ratio ?? 1) }
}

/** What the load generator asks for, and what it gets. */
const PATH = '/hello'
const HELLO = { hello: 'world' }

/** Loaded by `require`, as instrumentations that hook it need. */
const load = createRequire(import.meta.url)

/** The server that all of them run: `{"hello":"world"}` at `/hello`. Loads `node:http` or Fastify now, not before. */
export async function serveHello({ record, stop }: HelloParts = {}): Promise<void> {
  let served = 0
  const hello = (): typeof HELLO => {
    served++
    record?.()
    return HELLO
  }
  const server = helloArguments().framework === 'fastify' ? await fastifyServer(hello) : await plainServer(hello)
  answer({ port: (server.address() as AddressInfo).port })
  onWord({
    count: () => {
      const { user, system } = process.threadCpuUsage()
      answer({ threadMicros: user + system, served } satisfies ServerCount)
    },
    stop: () => void end(),
  })

  async function end(): Promise<void> {
    server.closeAllConnections()
    await stop?.()
    answer({})
    process.exit(0)
  }
}

async function fastifyServer(hello: () => object): Promise<Http.Server> {
  const { fastify } = load('fastify') as { fastify: (options: object) => FastifyServer }
  const app = fastify({ logger: false })
  app.get(PATH, () => Promise.resolve(hello()))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

/** What is used of it here. */
interface FastifyServer {
  readonly server: Http.Server
  get(path: string, handler: () => Promise<object>): unknown
  listen(where: { readonly port: number; readonly host: string }): Promise<string>
}

async function plainServer(hello: () => object): Promise<Http.Server> {
  const { createServer } = load('node:http') as typeof Http
  const server = createServer((_request, response) => {
    const body = JSON.stringify(hello())
    response.setHeader('content-type', 'application/json')
    response.end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}
