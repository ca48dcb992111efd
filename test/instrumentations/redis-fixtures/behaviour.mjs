// Does what programs do with a client and says how that behaved. Usage: behaviour.mjs library url bare|before|after
import { createRequire } from 'node:module'
import { AsyncLocalStorage } from 'node:async_hooks'
import { openClient } from './clients.mjs'

const [library, url, clew] = process.argv.slice(2)
Error.stackTraceLimit = 50
const require = createRequire(import.meta.url)
let running
const start = async () => {
  const { init } = await import('../../../dist/src/index.js')
  running = init({
    service: 'behaviour',
    environment: 'production',
    console: { enabled: false },
    lifecycle: false,
    redis: { slowMillis: 0 },
  })
}
if (clew === 'before') await start()
require(library)
if (clew === 'after') await start()

const told = []
const tell = (what, ...rest) => told.push([what, ...rest])
/** An error without what differs from run to run; its frames without those of clew and of Node, through which a call may go. */
const shape = (error) => ({
  type: error.constructor.name,
  name: error.name,
  message: error.message,
  keys: Object.keys(error),
  code: error.code,
  frames: (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:|\/dist\/(?:src|instrumentations)\//.test(line))
    .map((line) => line.replace(/[(]?(file:|\/).*/, '').trim()),
})
const plain = (value) =>
  JSON.parse(
    JSON.stringify(value, (_, one) =>
      one instanceof Error ? shape(one) : typeof one === 'bigint' ? String(one) : one,
    ) ?? 'null',
  )
const outcome = async (what, promise) => {
  await promise.then(
    (reply) => tell(what, 'reply', plain(reply)),
    (error) => tell(what, 'error', shape(error)),
  )
}

const { client, connect, command, batch, close } = await openClient(library, url)
const isIoredis = library.startsWith('ioredis')
for (const event of ['connecting', 'connect', 'ready', 'reconnecting', 'close', 'end', 'select', 'wait'])
  client.on(event, () => tell('event', event))
tell('methods', client.sendCommand.name, client.sendCommand.length, client.connect.name, client.connect.length)
const counts = () => Object.fromEntries(client.eventNames().map((name) => [String(name), client.listenerCount(name)]))
if (isIoredis) {
  // Commands that wait for the connection.
  const waiting = [outcome('waiting set', command('SET', 'w', '1')), outcome('waiting get', command('GET', 'w'))]
  await connect().catch((error) => tell('connect', shape(error)))
  await Promise.all(waiting)
} else {
  await outcome('closed', command('GET', 'a'))
  await connect()
}
if (
  running !== undefined &&
  !/redis \d/.test(running.status().instrumentations.find(({ name }) => name === 'redis').detail)
)
  throw new Error('not watched')
tell('listeners', counts())
await command('FLUSHALL')
await outcome('set', command('SET', 'a', '1'))
await outcome('get', command('GET', 'a'))
await outcome('wrong type', command('LPUSH', 'a', 'x'))
await outcome('unknown', command('NOSUCH', 'x', 'y'))
await outcome('bad arguments', command('SET', 'a'))
await outcome(
  'multi',
  batch('multi', [
    ['SET', 'a', '1'],
    ['INCR', 'a'],
    ['LPUSH', 'a', 'x'],
  ]),
)
await outcome(
  'refused',
  batch('multi', [
    ['SET', 'a', '1'],
    ['NOSUCH', 'x'],
  ]),
)
await outcome(
  'pipeline',
  batch('pipeline', [
    ['SET', 'a', '1'],
    ['INCR', 'a'],
  ]),
)
await outcome(
  'failing pipeline',
  batch('pipeline', [
    ['SET', 'a', '1'],
    ['LPUSH', 'a', 'x'],
    ['GET', 'a'],
  ]),
)
await outcome('script', command('EVAL', 'return {1, 2, ARGV[1]}', '0', 'x'))
await outcome('no script', command('EVALSHA', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8dc', '0'))
await outcome('stream', command('XADD', 's', '1-1', 'a', '1'))
await outcome('read', command('XREAD', 'STREAMS', 's', '0'))
await outcome('blocking', command('BLPOP', 'nothing', '0.05'))
await outcome('select', client.select(1))

// In what order commands that are sent together end, and where their callers' stores are.
const store = new AsyncLocalStorage()
await Promise.all(
  ['one', 'two', 'three'].map((name, index) =>
    store.run(name, () =>
      command(index === 1 ? 'LPUSH' : 'SET', 'a', '1').then(
        () => tell('order', store.getStore()),
        () => tell('order', store.getStore(), 'error'),
      ),
    ),
  ),
)
if (isIoredis) {
  await new Promise((resolve) => client.get('a', (error, reply) => resolve(tell('callback', error, reply))))
  await new Promise((resolve) =>
    client.lpush('a', 'x', (error, reply) => resolve(tell('callback', shape(error), reply ?? null))),
  )
  const made = client.pipeline().set('a', '1').get('a')
  tell(
    'pipeline',
    made.length,
    Object.keys(made)
      .filter((key) => typeof made[key] !== 'function')
      .toSorted(),
  )
  await new Promise((resolve) => made.exec((error, results) => resolve(tell('callback', error, results))))
  client.defineCommand('twice', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)" })
  await outcome('own script', client.twice('a', 2))
}
tell('listeners', counts())
const other = await openClient(library, url)
await other.connect()
await close()
await outcome('closed', command('GET', 'a'))

// Nobody waits for it: it ends the program.
process.on('exit', () => process.stdout.write(JSON.stringify(told)))
void other.command('LPUSH', 'a', 'x')
