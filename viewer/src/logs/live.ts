import { signal } from '@preact/signals'
import type { LogRecord } from '../api/contract.ts'
import type { Query } from '../api/request.ts'
import { followTail } from '../api/tail.ts'
import { PAGE, type LogFeed } from './feed.ts'
import { rowOf } from './row.ts'

const PICTURES_APART_MILLIS = 100

/** Whether the reader wants the tail. */
export const live = signal(true)
/** Records that arrived in the last second. */
export const arrivalRate = signal(0)
/** Records the server left out of the tail because the page was too slow; a new search has them. */
export const skipped = signal(0)

/** Feeds the tail into the feed, at most once a picture and ten times a second, until the returned function is called. */
export function followInto(feed: LogFeed, query: Query): () => void {
  let arrived: LogRecord[] = []
  let frame = 0
  let last = 0
  let count = 0

  const flush = (now: number) => {
    frame = 0
    if (now - last < PICTURES_APART_MILLIS) return schedule()
    last = now
    const records = arrived
    arrived = []
    feed.add(records)
  }
  const schedule = () => {
    frame ||= requestAnimationFrame(flush)
  }
  const counter = setInterval(() => {
    arrivalRate.value = count
    count = 0
  }, 1_000)
  const stop = followTail(withoutTimes(query), {
    record: (record) => {
      count++
      arrived.push(rowOf(record))
      schedule()
    },
    skipped: (missing) => (skipped.value += missing),
    opened: (again) => void feed.catchUp(again ? undefined : PAGE),
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
    clearInterval(counter)
    feed.add(arrived)
    arrivalRate.value = 0
  }
}

/** What arrives is from now on: the range of a preset would only keep out records whose sender's clock is ahead. */
function withoutTimes(query: Query): Query {
  return { ...query, from: null, to: null }
}
