import { randomUUID } from 'node:crypto'
import type { ServiceClient } from './client.ts'

/** Sent as the password of everyone who logs in: it must not be found anywhere afterwards. */
export const PASSWORD = 'correct-horse-battery-staple'

const UTTERANCES = [
  'I have been building services with Node for about eight years now',
  'the hardest bug I ever had to find was a lost record in a full queue',
  'we traced it by its request id through three services and one stream',
  'today I would first look at the spans and then at the logs below them',
]

/** What one candidate does, from the login to the end; every so often something goes wrong. @param number counts candidates from 0 */
export async function holdInterview(client: ServiceClient, number: number, pause: () => Promise<void>): Promise<void> {
  const user = `candidate-${number}`
  if (number % 4 === 3) await client.call('POST', '/login', { body: { user, password: 'wrong' } })
  const login = await client.call('POST', '/login', { body: { user, password: PASSWORD }, user })
  const identity = { user, token: String(login['token']) }
  await pause()
  const created = await client.call('POST', '/sessions', { ...identity, body: { candidate: user } })
  const session = String(created['id'])
  await pause()
  await Promise.all([answerQuestions(), client.speak(session, UTTERANCES, pause)])
  if (number % 4 === 0) await client.call('GET', '/sessions/:id', { ...identity, session: randomUUID() })
  if (number % 4 === 1) await client.call('GET', '/sessions/:id/report', { ...identity, session })
  await client.call('POST', '/uploads', { ...identity, body: upload(number) })
  if (number % 8 === 2) await client.call('POST', '/sessions/:id/finish', { ...identity, session })

  async function answerQuestions(): Promise<void> {
    for (const text of UTTERANCES) {
      await client.call('GET', '/sessions/:id', { ...identity, session })
      await pause()
      await client.call('POST', '/sessions/:id/answers', { ...identity, session, body: { text } })
      await pause()
    }
  }
}

function upload(number: number): object {
  return { name: 'resume.pdf', type: number % 3 === 0 ? 'image/gif' : 'application/pdf', bytes: 120_000 }
}
