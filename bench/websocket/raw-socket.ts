import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What each message carries. */
const TEXT = Buffer.from(JSON.stringify({ type: 'message', room: 7, text: 'x'.repeat(60) }).padEnd(100))
const KEY = randomBytes(16).toString('base64')
const HEAD = `GET /feed HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench/1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`
/** Head and payload of the answer to a message: short, and not masked. */
export const ANSWER_BYTES = 2 + TEXT.length

/** So many messages as a client sends them, in one piece. */
export function frames(count: number): Buffer {
  const mask = randomBytes(4)
  const masked = TEXT.map((byte, at) => byte ^ (mask[at % 4] as number))
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | TEXT.length]), mask, masked])
  return Buffer.concat(Array<Buffer>(count).fill(frame))
}

/** A WebSocket without a library: the client shall cost less than the server. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  socket.write(HEAD)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (!answer.toString().startsWith('HTTP/1.1 101')) throw new Error(`answered ${answer.toString().slice(0, 40)}`)
  return socket
}
