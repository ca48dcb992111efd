/** Says a line to one chat service and waits until it is heard at another one: visitor.ts ws://…/chat ws://…/chat hello */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { getLogger, init } from 'clew'

const clew = init({ service: 'visitor', websocket: { messageContext: true } })
const log = getLogger('visitor')
const [here = '', there = '', text = 'hello'] = process.argv.slice(2)

const [mouth, ear] = [new WebSocket(here), new WebSocket(there)]
await Promise.all([once(mouth, 'open'), once(ear, 'open')])
const heard = new Promise<void>((resolve) => {
  ear.on('message', (line: Buffer) => {
    log.operation('hear', () => console.log(`heard: ${line.toString()}`))
    resolve()
  })
})
log.operation('say', () => mouth.send(text))
await heard

for (const socket of [mouth, ear]) socket.close()
await Promise.all([once(mouth, 'close'), once(ear, 'close')])
await clew.shutdown()
