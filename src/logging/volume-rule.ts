import { SEVERITY, type LevelName } from './level.ts'
import { RecentTexts } from './recent-texts.ts'
import { textKey } from './text-key.ts'
import { TokenBucket } from './token-bucket.ts'

/** How much of what some components say is kept. Several rules may be for one component: a record passes when all let it. */
export interface VolumeRule {
  /** A component, or a pattern with `*`. @default '*' */
  readonly component?: string
  /** Records of this level and above always pass; audit records do too. @default 'ERROR' */
  readonly below?: LevelName
  /** The share that passes, evenly spread, 0 to 1. */
  readonly sample?: number
  /** Most records a second; twice as many may come at once after a quiet time. */
  readonly perSecond?: number
  /** Whether `perSecond` counts each message of a component for itself (its text without numbers), or all together. @default 'message' */
  readonly per?: 'message' | 'component'
  /** The same text again within this time, in milliseconds, is left out. */
  readonly repeatMillis?: number
}

/** What a rule looks at. */
export interface VolumeCall {
  readonly severityNumber: number
  readonly body: unknown
}

export type LimitReason = 'sampled' | 'rateLimited' | 'repeated'

/** One limit of a rule, with the books of one component. */
export interface Limit {
  readonly reason: LimitReason
  /** Records of this severity and above pass. */
  readonly below: number
  admits(call: VolumeCall): boolean
}

/** Texts made from data must not fill the memory. */
const MAX_TEXTS = 1_000
/** Looking for buckets that may go takes a while. */
const SWEEP_MILLIS = 1_000

/** The limits that a rule sets, with new books. */
export function limitsOf({ below = 'ERROR', sample, perSecond, per = 'message', repeatMillis }: VolumeRule): Limit[] {
  const limits: Limit[] = []
  const add = (reason: LimitReason, admits: Limit['admits']): void =>
    void limits.push({ reason, below: SEVERITY[below], admits })
  if (repeatMillis !== undefined) add('repeated', withoutRepeats(repeatMillis))
  if (sample !== undefined) add('sampled', sampled(sample))
  if (perSecond !== undefined) add('rateLimited', per === 'component' ? rated(perSecond) : ratedByText(perSecond))
  return limits
}

function sampled(share: number): Limit['admits'] {
  let due = share === 0 ? 0 : 1 - share
  return () => {
    due += share
    if (due < 1) return false
    due -= 1
    return true
  }
}

function rated(perSecond: number): Limit['admits'] {
  const bucket = new TokenBucket(perSecond)
  return () => bucket.take()
}

/** A bucket for each text; beyond so many at a time, one for all the others. */
function ratedByText(perSecond: number): Limit['admits'] {
  const buckets = new Map<number, TokenBucket>()
  const others = new TokenBucket(perSecond)
  let swept = -Infinity
  const sweep = (): void => {
    const now = performance.now()
    if (now - swept < SWEEP_MILLIS) return
    swept = now
    for (const [key, bucket] of buckets) if (bucket.isFull) buckets.delete(key)
  }
  const begin = (key: number): TokenBucket => {
    if (buckets.size >= MAX_TEXTS) sweep()
    if (buckets.size >= MAX_TEXTS) return others
    const bucket = new TokenBucket(perSecond)
    buckets.set(key, bucket)
    return bucket
  }
  return ({ body }) => {
    const key = typeof body === 'string' ? textKey(body, false) : -1
    return (buckets.get(key) ?? begin(key)).take()
  }
}

/** What is no text is no repeat: whether two objects are the same is dear to find out. */
function withoutRepeats(millis: number): Limit['admits'] {
  const said = new RecentTexts(MAX_TEXTS)
  return ({ body, severityNumber }) => {
    if (typeof body !== 'string') return true
    const key = textKey(body, true) + severityNumber
    const now = performance.now()
    const last = said.get(key)
    if (last !== undefined && now - last < millis) return false
    said.set(key, now)
    return true
  }
}
