import { createClient } from 'redis'
import { getLogger } from 'clew'

const log = getLogger('interviews')

/** A planned interview. */
export interface Interview {
  readonly id: string
  readonly candidate: string
  readonly at: string
}

/** The interviews that are planned. */
export interface Interviews {
  plan(interview: Interview): Promise<void>
  remove(id: string): Promise<void>
  close(): Promise<void>
}

/** Keeps them in Redis. */
export async function openInterviews(url: string): Promise<Interviews> {
  const client = createClient({ url })
  client.on('error', (error: Error) => log.error('the connection to Redis has a problem', error))
  await client.connect()
  return {
    plan: ({ id, candidate, at }) =>
      log.operation('plan_interview', { fields: { candidate } }, async () => {
        await client.hSet(`interview:${id}`, { candidate, at })
      }),
    async remove(id) {
      await client.del(`interview:${id}`)
    },
    close: () => client.close(),
  }
}
