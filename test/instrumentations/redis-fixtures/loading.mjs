// Says a few commands with both clients. Usage: loading.mjs url
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { getLogger, init } from 'clew'

const [url] = process.argv.slice(2)
const clew = init({ service: 'loading', environment: 'production', console: { enabled: false }, lifecycle: false })
const redis = createClient({ url })
await redis.connect()
const ioredis = new Redis(url)
await ioredis.ping()
await getLogger('shop').operation('work', async () => {
  await redis.set('a', '1')
  await redis.multi().set('a', '1').get('a').exec()
  await redis.multi().set('a', '1').get('a').execAsPipeline()
  await ioredis.get('a')
  await ioredis.multi().set('a', '1').get('a').exec()
  await redis.lPush('a', 'x').catch(() => {})
  await ioredis.lpush('a', 'x').catch(() => {})
})
await redis.close()
ioredis.disconnect()
await clew.flush()
process.stdout.write(JSON.stringify(clew.status().instrumentations.find(({ name }) => name === 'redis')))
await clew.shutdown()
