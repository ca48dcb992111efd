// Says records at a steady rate, and when all have arrived, how many: steady-load.ts SECONDS PER_SECOND
import { getLogger, init } from 'clew'

const [seconds = 0, perSecond = 0] = process.argv.slice(2).map(Number)
const TICK_MILLIS = 20
const total = seconds * perSecond
const clew = init({ service: 'steady', environment: 'production', console: { enabled: false } })
const log = getLogger('steady')
const begin = Date.now()
let said = 0

await new Promise<void>((done) => {
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((Date.now() - begin) * perSecond) / 1000))
    log.operation('tick', () => {
      while (said < due) log.info('steady', { 'steady.number': said++ })
    })
    if (said < total) return
    clearInterval(timer)
    done()
  }, TICK_MILLIS)
})
const flushed = await clew.flush(120_000)
const { delivered, dropped, lastError } = clew.status().delivery ?? {}
console.log(JSON.stringify({ said, flushed, delivered, dropped, lastError }))
