import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'

/** A server of somebody else that knows who may log in; here it runs beside the service. */
export interface IdentityProvider {
  readonly url: string
  close(): Promise<void>
}

/** Starts it on a free port. A password is right when it is not `wrong`. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const server = createServer((request, response) => {
    json(request).then(
      (body) => response.writeHead((body as { password?: string }).password === 'wrong' ? 401 : 200).end(),
      () => response.writeHead(400).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) }
}

async function closed(server: Server): Promise<void> {
  const done = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await done
}
