import { WebSocketServer, WebSocket } from 'ws'
import { once } from 'node:events'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { Telemetry } from './websocket-telemetry.ts'
declare const HasFast: (o: object) => boolean
const fast = new Function('o', 'return %HasFastProperties(o)') as (o: object) => boolean
const t = new Telemetry(); t.start(); t.spans.push = () => 0; t.records.push = () => 0
const wss = new WebSocketServer({ port: 0 }); await once(wss, 'listening')
const url = `ws://127.0.0.1:${(wss.address() as any).port}`
async function pair() { const got = once(wss, 'connection'); const c = new WebSocket(url); const [s] = await got as any; if (c.readyState !== 1) await once(c, 'open'); return [c, s] as [any, any] }
async function connections(label: string, n = 400) {
  let best = Infinity
  for (let r = 0; r < 6; r++) { const a = performance.now(); for (let i = 0; i < n; i++) { const [c, s] = await pair(); c.terminate(); s.terminate(); await new Promise((r) => setImmediate(r)) } ; best = Math.min(best, (performance.now() - a) / n * 1000) }
  console.log(label.padEnd(45), best.toFixed(0), 'us per connection')
}
async function echo(label: string) {
  const [c, s] = await pair(); console.log('fast', fast(s), fast(s._socket), fast(c), fast(c._socket))
  s.on('message', (m: any) => s.send(m)); let best = Infinity
  for (let r = 0; r < 6; r++) { const a = performance.now(); let left = 20000; await new Promise<void>((res) => { c.removeAllListeners('message'); c.on('message', () => { if (--left === 0) res(); else c.send('hello world') }); for (let k=0;k<50;k++) c.send('hello') ; left += 49 }); best = Math.min(best, (performance.now() - a) / 20000 * 1000) }
  console.log(label.padEnd(45), best.toFixed(2), 'us per echo'); c.terminate(); await once(s, 'close')
}
await connections('off'); await echo('off')
const i = createWebSocketInstrumentation(); i.enable()
await connections('on'); await echo('on')
i.disable(); wss.close(); for (const c of wss.clients) c.terminate()
t.stop()
