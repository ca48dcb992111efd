import { createClient } from 'redis'
import { getLogger } from 'clew'

const log = getLogger('session_store')
const KEPT_SECONDS = 3600

/** An interview. */
export interface InterviewSession {
  readonly id: string
  readonly candidate: string
}

/** Where interviews are kept. */
export interface SessionStore {
  save(session: InterviewSession): Promise<void>
  find(id: string): Promise<InterviewSession | undefined>
  addAnswer(id: string, text: string, score: number): Promise<void>
  /** The scores of all answers, in order. */
  scores(id: string): Promise<number[]>
  close(): Promise<void>
}

/** Opens the store in Redis, or in memory when there is no URL. */
export async function openSessionStore(redisUrl: string | undefined): Promise<SessionStore> {
  if (redisUrl === undefined || redisUrl === '') {
    log.warning('REDIS_URL is not set: sessions are kept in memory')
    return memoryStore()
  }
  const client = createClient({ url: redisUrl })
  client.on('error', (error: Error) => log.error('the connection to Redis has a problem', error))
  await client.connect()
  return {
    async save(session) {
      const key = sessionKey(session.id)
      await client.set(key, JSON.stringify(session), { expiration: { type: 'EX', value: KEPT_SECONDS } })
    },
    async find(id) {
      const text = await client.get(sessionKey(id))
      return text === null ? undefined : (JSON.parse(text) as InterviewSession)
    },
    async addAnswer(id, text, score) {
      await client.xAdd(answersKey(id), '*', { text, score: String(score) })
    },
    async scores(id) {
      const answers = await client.xRange(answersKey(id), '-', '+')
      return (answers ?? []).map(({ message }) => Number(message['score']))
    },
    close: () => client.close(),
  }
}

function sessionKey(id: string): string {
  return `interview:${id}`
}

function answersKey(id: string): string {
  return `interview:${id}:answers`
}

function memoryStore(): SessionStore {
  const sessions = new Map<string, InterviewSession>()
  const answers = new Map<string, { text: string; score: number }[]>()
  return {
    async save(session) {
      sessions.set(session.id, session)
    },
    find: async (id) => sessions.get(id),
    scores: async (id) => (answers.get(id) ?? []).map(({ score }) => score),
    async addAnswer(id, text, score) {
      answers.set(id, [...(answers.get(id) ?? []), { text, score }])
    },
    async close() {
      sessions.clear()
    },
  }
}
