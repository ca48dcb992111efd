import { setTimeout as wait } from 'node:timers/promises'

/**
 * The first answer of `ask` that is not `undefined`, asked again and again.
 *
 * @throws after `timeoutMillis`, naming what was waited for.
 */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  timeoutMillis = 45_000,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMillis
  do {
    const answer = await ask()
    if (answer !== undefined) return answer
    await wait(50)
  } while (Date.now() < deadline)
  throw new Error(`waited ${timeoutMillis} ms in vain for ${what}`)
}
