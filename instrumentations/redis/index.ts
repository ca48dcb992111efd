import type { Instrumentation } from '../instrumentation.ts'
import { RedisInstrumentation } from './redis-instrumentation.ts'
import type { RedisSettings } from './redis-settings.ts'

export { ATTRIBUTES as REDIS_ATTRIBUTES, EVENTS as REDIS_EVENTS } from './attributes.ts'
export type { RedisSettings } from './redis-settings.ts'

/** Operations of `redis` and `ioredis`: a span each, a duration metric, records of what failed, was slow, connected and disconnected. */
export function createRedisInstrumentation(settings: RedisSettings): Instrumentation {
  return new RedisInstrumentation(settings)
}
