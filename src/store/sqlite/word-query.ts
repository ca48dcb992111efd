import { wordsOf } from '../search-words.ts'

/** Begins a token that no text can contain (folding removes private-use characters): a whole component or service name. */
const COMPONENT_MARK = '\u{e000}'
const SERVICE_MARK = '\u{e001}'
const SESSION_MARK = '\u{e003}'
/** Longer than any id that is one; the row says whether it is the one asked for. */
const MAX_TOKEN = 200
const SEPARATORS = /[^A-Za-z0-9\u0080-\u{10ffff}]/gu
const FILLER = '\u{e002}'

/** The one token that stands for a component. */
export function componentToken(component: string): string {
  return COMPONENT_MARK + component.replace(SEPARATORS, FILLER)
}

/** The one token that stands for a service. */
export function serviceToken(service: string): string {
  return SERVICE_MARK + service.replace(SEPARATORS, FILLER)
}

/** The one token that stands for a session: its words may be common ones (`s-77`). */
export function sessionToken(sessionId: string): string {
  return SESSION_MARK + sessionId.slice(0, MAX_TOKEN).replace(SEPARATORS, FILLER)
}

/** A condition for the word index that is built of quoted words only: nothing a person types can be syntax. */
export class WordQuery {
  readonly #terms: string[] = []

  /** A word of the record must begin with this one. */
  addPrefix(word: string): void {
    this.#terms.push(`"${word}"*`)
  }

  /** Narrows to records that hold the words of this id; whether it is the id itself must be checked on the row. */
  addId(id: string): void {
    for (const word of wordsOf(id)) this.#terms.push(`"${word}"`)
  }

  /** One of these tokens must occur. */
  addTokens(tokens: readonly string[]): void {
    this.#terms.push(`(${tokens.map((token) => `"${token}"`).join(' OR ')})`)
  }

  get isEmpty(): boolean {
    return this.#terms.length === 0
  }

  toString(): string {
    return this.#terms.join(' AND ')
  }
}
