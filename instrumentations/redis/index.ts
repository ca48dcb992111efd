import type { Instrumentation } from '../instrumentation.ts'
import { RedisInstrumentation } from './redis-instrumentation.ts'
import type { RedisSettings } from './redis-settings.ts'

export { ATTRIBUTES as REDIS_ATTRIBUTES, EVENTS as REDIS_EVENTS, METRICS as REDIS_METRICS } from './attributes.ts'
export type { RedisSettings } from './redis-settings.ts'
export { contextOf, withMessageContext } from './stream-context.ts'

/** Operations of `redis` and `ioredis`: a span each, metrics, records of what failed, was slow, connected and disconnected. */
export function createRedisInstrumentation(settings: RedisSettings): Instrumentation {
  return new RedisInstrumentation(settings)
}
