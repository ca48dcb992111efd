import { useEffect, useMemo } from 'preact/hooks'
import { comebacks } from '../api/connection.ts'
import { followTail } from '../api/tail.ts'
import { SessionFeed } from './session-feed.ts'

/** Spans come without a word on the tail: while a session goes on it is read again at least this often. */
const POLL_MILLIS = 5_000

/** The life of a session, which goes on in front of the reader while one of its connections is open. */
export function useSession(sessionId: string): SessionFeed {
  const feed = useMemo(() => new SessionFeed(sessionId), [sessionId])
  useEffect(() => {
    feed.refresh()
  }, [feed, comebacks.value])
  useEffect(() => () => feed.close(), [feed])
  const isOpen = feed.answer.value?.sessions.some(({ state }) => state === 'open') ?? false
  useEffect(() => (isOpen ? follow(feed, sessionId) : undefined), [feed, isOpen])
  return feed
}

/** Reads it again when the tail tells of a record, and now and then. */
function follow(feed: SessionFeed, sessionId: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      if (!document.hidden) feed.refresh()
    }, feed.pauseMillis)
  }
  const stop = followTail({ session: sessionId }, { record: soon, skipped: soon, opened: soon })
  const poll = setInterval(soon, POLL_MILLIS)
  return () => {
    stop()
    clearInterval(poll)
    clearTimeout(timer)
  }
}
