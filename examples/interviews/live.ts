import { once } from 'node:events'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { getLogger } from 'clew'

const log = getLogger('transcripts')
const GOING_AWAY = 1001
const CLOSE_MILLIS = 1000

/** A piece of what is being said; `last` ends an utterance. */
interface Chunk {
  readonly text: string
  readonly last: boolean
}

/** Takes live transcripts at `/live?session_id=…`. Pieces are only collected; what is told is each utterance that is published. */
export function serveTranscripts(server: Server): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: '/live' })
  sockets.on('connection', (socket) => {
    let pieces: string[] = []
    socket.on('message', (data: Buffer) => {
      const { text, last } = JSON.parse(data.toString()) as Chunk
      pieces.push(text)
      if (!last) return
      publish(socket, pieces)
      pieces = []
    })
  })
  return { close: () => closeAll(sockets) }
}

function publish(socket: WebSocket, pieces: readonly string[]): void {
  const transcript = pieces.join(' ')
  log.event('transcript.published', { 'transcript.length': transcript.length, 'transcript.pieces': pieces.length })
  socket.send(JSON.stringify({ published: transcript.length }))
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  const closed = [...sockets.clients].map(async (socket) => {
    const gone = once(socket, 'close')
    socket.close(GOING_AWAY, 'the service is stopping')
    const cut = setTimeout(() => socket.terminate(), CLOSE_MILLIS)
    await gone
    clearTimeout(cut)
  })
  sockets.close()
  await Promise.all(closed)
}
