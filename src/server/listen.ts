import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How long requests under way may take to finish when a server is closed. */
export const DRAIN_MILLIS = 3000

/** The server can't start; the message names the place, what was found and the cure. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError'
}

/** Listens; resolves to the port. @throws {ServerStartError} when it can't. */
export async function listen(server: Server, host: string, port: number, place: string): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw startError(place, host, port, error)
  }
  return (server.address() as AddressInfo).port
}

/** Why a port can't be had, and the cure. gRPC tells the system's code in its text only. */
export function startError(place: string, host: string, port: number, error: unknown): ServerStartError {
  const { code, message } = error as NodeJS.ErrnoException
  const found = code === 'EADDRINUSE' || message.includes('EADDRINUSE') ? 'it is in use' : message
  return new ServerStartError(
    `${place} ${port} on ${host}: ${found}; stop what uses it, or choose another port (0 = any free one)`,
    { cause: error },
  )
}

/** Takes no more requests, lets those under way finish for a bounded time, then cuts. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLIS)
  await closed
  clearTimeout(cut)
}
