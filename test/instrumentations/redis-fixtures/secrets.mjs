// Says secrets to a Redis server in all ways there are. Usage: secrets.mjs library url secrets-as-json
import { createServer } from 'node:net'
import { getLogger, init } from '../../../dist/src/index.js'
import { openClient } from './clients.mjs'

const [library, url, secretsText] = process.argv.slice(2)
const s = JSON.parse(secretsText)
const clew = init({
  service: 'shop',
  environment: 'production',
  level: 'trace',
  redis: { slowMillis: 0, streamContext: true },
  database: true,
  lifecycle: false,
})
const client = await openClient(library, url)
await client.connect()
const settle = (...words) => client.command(...words).catch(() => {})

await getLogger('shop').operation('commands', async () => {
  await settle('SET', `session:${s.key}`, s.value)
  await settle('SET', `user:42:${s.key}`, s.value, 'PX', 'not a number')
  await settle('LPUSH', `session:${s.key}`, s.value)
  await settle('HSET', 'h', s.field, s.value)
  await settle('AUTH', 'someone', s.password)
  await settle('AUTH', s.password)
  await settle('HELLO', '3', 'AUTH', 'someone', s.password)
  await settle('ACL', 'SETUSER', 'ann', 'on', `>${s.password}`, 'allkeys', `nosuch${s.value}`)
  await settle('ACL', 'GETUSER', s.value)
  await settle('CONFIG', 'SET', 'nosuch', s.value)
  await settle('CONFIG', 'SET', 'maxmemory', s.value)
  await settle('CONFIG', s.value)
  await settle('CLIENT', 'SETNAME', `${s.value} with a space`)
  await settle('EVAL', `return redis.call('SET', 'x', '${s.value}', 'NOSUCH')`, '0')
  await settle('EVAL', `this is no lua ${s.value}`, '0')
  await settle('EVAL', `error('${s.value}')`, '0')
  await settle('EVAL', `error({err = '${s.value}'})`, '0')
  await settle('EVAL', `return redis.error_reply('${s.code} ${s.value}')`, '0')
  await settle('EVAL', `return redis.error_reply('ERR ' .. ARGV[1])`, '0', s.value)
  await settle('EVAL', 'return nosuch[ARGV[1]]', '1', `k:${s.key}`, s.value)
  await settle('FUNCTION', 'LOAD', `#!lua name=${s.field}\nnonsense '${s.value}'`)
  await settle('FCALL', 'nosuchfunction', '0', s.value)
  await settle('EVALSHA', s.value, '0')
  await settle('NOSUCH', s.value, s.key)
  await settle(s.command, s.value)
  await settle('XADD', 'events', '*', s.field, s.value)
  await settle('XADD', 'events', s.value, s.field, s.value)
  await settle('PUBLISH', s.key, s.value)
  await settle('GET', Buffer.from(`token:${s.key}`))
  await settle('SET', 'b', Buffer.from(s.value), 'nonsense')
  await client
    .batch('multi', [
      ['SET', `session:${s.key}`, s.value],
      ['LPUSH', `session:${s.key}`, s.value],
    ])
    .catch(() => {})
  await client
    .batch('multi', [
      ['SET', 'a', s.value],
      ['NOSUCH', s.value],
    ])
    .catch(() => {})
  await client
    .batch('pipeline', [
      ['SET', 'a', s.value],
      ['EVAL', `error('${s.value}')`, '0'],
    ])
    .catch(() => {})
})
await client.close()

// Connections that are refused, with what the URL tells.
const { host } = new URL(url)
for (const place of [
  `redis://someone:${s.password}@${host}`,
  `redis://:${s.password}@${host}/7`,
  `redis://:${s.password}@127.0.0.1:1`,
]) {
  const wrong = await openClient(library, place)
  await wrong.connect().catch(() => {})
  await wrong.command('GET', s.key).catch(() => {})
  await Promise.resolve(wrong.close()).catch(() => {})
}
// A server with modules, whose errors repeat pieces of what they are given.
const replies = {
  'FT.SEARCH': `Syntax error at offset 7 near ${s.value}`,
  'FT.NEAR': `ERR syntax error near ${s.value}`,
  'FT.LONG': `ERR wrong value '${s.value.repeat(100)}'`,
  'FT.QUOTE': `ERR wrong value 'it's my ${s.value}' here`,
}
const modules = createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', (data) => {
    for (const [, name] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n([^\r]+)/g))
      socket.write(name in replies ? `-${replies[name]}\r\n` : '+OK\r\n')
  })
})
await new Promise((resolve) => modules.listen(0, '127.0.0.1', resolve))
const searching = await openClient(library, `redis://127.0.0.1:${modules.address().port}`)
await searching.connect()
const repeated = []
for (const name in replies)
  await searching.command(name, 'idx', `email: ${s.value} @@`).catch(({ message }) => repeated.push(message))
if (repeated.join() !== Object.values(replies).join()) throw new Error('the modules did not answer as expected')
await Promise.resolve(searching.close()).catch(() => {})
modules.close()
await clew.flush()
process.stdout.write(JSON.stringify(clew.status()) + '\n')
await clew.shutdown()
process.exit()
