import type { Settings } from '../../settings/index.ts'
import { ok, warning, type Check, type Finding } from './finding.ts'
import { findInstalled, isFrom } from './installed-package.ts'

type Instrumentations = Pick<Settings, 'http' | 'websocket' | 'redis'>

interface Library {
  readonly name: string
  /** Which of clew's instrumentations sees it. */
  readonly by: keyof Instrumentations
  /** The oldest version that is seen. */
  readonly oldest?: string
  readonly how: string
}

const THROUGH_HTTP = 'its requests are seen where they come in, at node:http'
const THROUGH_WS = 'its sessions are seen at ws'

const LIBRARIES: readonly Library[] = [
  ...['express', 'fastify', 'koa', 'hono', '@nestjs/core', '@hapi/hapi', 'next'].map((name): Library => ({
    name,
    by: 'http',
    how: THROUGH_HTTP,
  })),
  { name: 'undici', by: 'http', oldest: '5.0', how: 'its calls are seen' },
  { name: 'ws', by: 'websocket', oldest: '8.0', how: 'its sessions are seen' },
  { name: 'socket.io', by: 'websocket', oldest: '4.0', how: THROUGH_WS },
  { name: 'redis', by: 'redis', oldest: '5.12', how: 'its commands are seen' },
  { name: 'ioredis', by: 'redis', oldest: '5.11', how: 'its commands are seen' },
]

/** The libraries that clew instruments, as a program in this directory would get them. */
export function librariesCheck(directory: string, instrumentations: Instrumentations): Check {
  return {
    subject: 'libraries',
    async run() {
      const found = await Promise.all(LIBRARIES.map((library) => look(library, directory, instrumentations)))
      return [
        instrumentations.http
          ? ok('http', "Node's own servers, clients and fetch are seen")
          : ok('http', "Node's own servers, clients and fetch are left alone: http is off"),
        ...found.flat(),
      ]
    },
  }
}

async function look({ name, by, oldest, how }: Library, directory: string, on: Instrumentations): Promise<Finding[]> {
  const found = await findInstalled(name, directory)
  if (found === undefined) return []
  const { version } = found
  if (on[by] === false) return [ok(name, `${version} is left alone: ${by} is off`)]
  if (oldest !== undefined && !isFrom(version, oldest))
    return [warning(name, `${version} is too old to be seen`, `npm install ${name}@latest (${oldest} or newer)`)]
  return [ok(name, `${version}: ${how}`)]
}
