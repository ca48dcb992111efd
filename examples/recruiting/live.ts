import { once } from 'node:events'
import type { Server } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { audit, getLogger } from 'clew'
import { bind } from './log-in.ts'
import type { People } from './people.ts'

const log = getLogger('transcripts')
const GOING_AWAY = 1001
const NOT_KNOWN = 4401

/** Takes live transcripts at `/live?session_id=…`: pieces are counted, what was said as a whole is told. */
export function serveTranscripts(server: Server, people: People): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: '/live' })
  sockets.on('connection', (socket, request) => {
    const person = people.whose(request.headers.authorization)
    if (person === undefined) {
      audit.unauthenticatedAccess({ action: 'live_transcript', reason: 'no valid token' })
      socket.close(NOT_KNOWN, 'log in first')
      return
    }
    bind(person)
    collect(socket)
  })
  return { close: () => closeAll(sockets) }
}

function collect(socket: WebSocket): void {
  const pieces: string[] = []
  socket.on('message', (data: Buffer) => {
    const { text, last } = JSON.parse(data.toString()) as { text: string; last: boolean }
    log.count('transcript.piece', { characters: text.length })
    pieces.push(text)
    if (!last) return
    log.event('transcript_published', { length: pieces.join(' ').length, pieces: pieces.length })
    socket.send(JSON.stringify({ published: pieces.splice(0).length }))
  })
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  const closed = [...sockets.clients].map(async (socket) => {
    const gone = once(socket, 'close')
    socket.close(GOING_AWAY, 'the service is stopping')
    await gone
  })
  sockets.close()
  await Promise.all(closed)
}
