import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { audit } from './audit.ts'
import { external } from './external.ts'
import { logs } from './logs.ts'
import { overview } from './overview.ts'
import { pipeline } from './pipeline.ts'
import { redis } from './redis.ts'
import { runtime } from './runtime.ts'
import { websocket } from './websocket.ts'

/** All dashboards by the names of their files. */
export const dashboards: Readonly<Record<string, DashboardBuilder>> = {
  overview,
  logs,
  websocket,
  redis,
  audit,
  external,
  runtime,
  pipeline,
}
