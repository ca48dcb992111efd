/** A program: asks a server over keep-alive connections, one request after another on each. Arguments: port, connections, milliseconds to warm up, milliseconds to measure. */
import { connect } from 'node:net'
import { answer } from '../child.ts'
import { percentile } from '../statistics.ts'

/** What came back while it was measured. */
export interface LoadTrial {
  readonly requests: number
  readonly seconds: number
  readonly p50Millis: number
  readonly p99Millis: number
}

const REQUEST = Buffer.from('GET /hello HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n')
const [port = 0, connections = 0, warmMillis = 0, measureMillis = 0] = process.argv.slice(2).map(Number)

let measuring = false
let millis: number[] = []

function open(): void {
  const socket = connect(port, '127.0.0.1')
  let sent = 0
  let text = ''
  const ask = (): void => {
    sent = performance.now()
    socket.write(REQUEST)
  }
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.on('connect', ask)
  socket.on('data', (chunk: string) => {
    text += chunk
    if (!isComplete(text)) return
    text = ''
    if (measuring) millis.push(performance.now() - sent)
    ask()
  })
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`answered ${text.slice(0, 40)}`)
  const length = /content-length: (\d+)/i.exec(text)
  return text.length >= end + 4 + Number(length?.[1])
}

for (let i = 0; i < connections; i++) open()
setTimeout(() => {
  const started = performance.now()
  measuring = true
  answer({ begun: true })
  setTimeout(() => {
    const seconds = (performance.now() - started) / 1_000
    const sorted = Float64Array.from(millis).sort()
    millis = []
    answer({
      requests: sorted.length,
      seconds,
      p50Millis: percentile(sorted, 0.5),
      p99Millis: percentile(sorted, 0.99),
    } satisfies LoadTrial)
    process.exit(0)
  }, measureMillis)
}, warmMillis)
