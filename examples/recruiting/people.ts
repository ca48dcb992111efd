import { randomUUID } from 'node:crypto'

/** Somebody who may log in. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly role: 'admin' | 'recruiter'
  readonly organization: string
}

const PEOPLE: readonly Person[] = [
  { id: 'u-ada', email: 'ada@example.org', role: 'recruiter', organization: 'acme' },
  { id: 'u-grace', email: 'grace@example.org', role: 'admin', organization: 'acme' },
]

/** Who may come in, and who is in. */
export class People {
  readonly #byToken = new Map<string, Person>()

  /** A password is right when it ends in the user's id. @returns a token, or undefined */
  logIn(user: string, password: string): { readonly person: Person; readonly token: string } | undefined {
    const person = PEOPLE.find(({ id }) => id === user)
    if (person === undefined || !password.endsWith(person.id)) return undefined
    const token = randomUUID()
    this.#byToken.set(token, person)
    return { person, token }
  }

  /** Whose header `authorization` this is. */
  whose(authorization: string | undefined): Person | undefined {
    return this.#byToken.get(authorization?.replace('Bearer ', '') ?? '')
  }
}
