// A program that says 500 records into a database: node speaker.mjs <home> <number> end|kill
import { setTimeout as delay } from 'node:timers/promises'
import { getLogger, init } from '../../dist/src/index.js'

const [home = '', number = '', end] = process.argv.slice(2)
init({
  service: 'test',
  environment: 'test',
  home,
  console: { enabled: false },
  otlp: false,
  http: false,
  websocket: false,
  redis: false,
  database: true,
})
const log = getLogger('speaker')
for (let n = 0; n < 500; n++) log.info('said', { number, n })
if (end === 'kill') {
  // Longer than what is said waits to be written.
  await delay(100)
  process.kill(process.pid, 'SIGKILL')
}
