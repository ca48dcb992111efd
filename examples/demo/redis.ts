import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { startChild, type Child } from './child.ts'

const READY_MILLIS = 10_000
const CURE = 'get it with: apt-get install redis-server, or brew install redis; or set REDIS_URL'

/** A Redis for the demo, or why there is none. */
export type DemoRedis =
  | { readonly url: string; readonly note: string; stop(): Promise<void> }
  | { readonly url: undefined; readonly note: string; stop(): Promise<void> }

/** The Redis of REDIS_URL, else one that is started here, without persistence, else none. */
export async function findRedis(folder: string): Promise<DemoRedis> {
  const given = process.env['REDIS_URL']
  if (given !== undefined && given !== '') return { url: given, note: 'the one of REDIS_URL', stop: async () => {} }
  const port = await freePort()
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const child = startChild('redis-server', settings)
  child.process.stdout?.resume()
  child.process.stderr?.resume()
  const problem = await problemOf(child, port)
  if (problem === undefined) {
    const url = `redis://127.0.0.1:${port}`
    return { url, note: `${url} (started for the demo)`, stop: () => child.stop() }
  }
  await child.stop()
  return {
    url: undefined,
    note: `none, the example keeps its sessions in memory: ${problem}; ${CURE}`,
    stop: async () => {},
  }
}

async function problemOf(child: Child, port: number): Promise<string | undefined> {
  let end: Awaited<Child['ended']> | undefined
  void child.ended.then((how) => (end = how))
  const deadline = Date.now() + READY_MILLIS
  while (!(await answers(port))) {
    if (end instanceof Error) return 'redis-server is not on the PATH'
    if (end !== undefined) return `redis-server ended with ${end}`
    if (Date.now() > deadline) return `redis-server did not answer in ${READY_MILLIS / 1000} s`
    await delay(20)
  }
  return undefined
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write('PING\r\n')
    const [reply] = (await once(socket, 'data')) as [Buffer]
    return reply.toString().startsWith('+PONG')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
