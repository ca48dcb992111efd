import { PARAMETERS } from '../../../src/fields/index.ts'
import { LEVELS, type Level } from '../api/contract.ts'
import { EXACT_FILTERS, type ExactFilter } from './filters.ts'

/** What a line of search text means: words to look for, and filters to set. */
export interface SearchText {
  readonly words: string
  readonly filters: Readonly<Partial<Record<ExactFilter | 'min_level', string>>>
}

const TOKEN = /(\w+):(>=)?("[^"]*"|\S+)(?=\s|$)/g

const OTHER_LEVELS: Readonly<Record<string, Level>> = { WARN: 'WARNING', ERR: 'ERROR', FATAL: 'CRITICAL' }

/** Takes `level:error`, `level:>=warn`, `module:orders`, `user:"a b"`… out of a search line. What is no filter stays a word. */
export function parseSearchText(text: string): SearchText {
  const filters: Partial<Record<ExactFilter | 'min_level', string>> = {}
  const words = text.replace(TOKEN, (whole: string, name: string, atLeast: string | undefined, quoted: string) => {
    const filter = filterNamed(name)
    const value = quoted.replace(/^"(.*)"$/, '$1')
    if (!filter || value === '') return whole
    if (filter !== 'level') {
      filters[filter] = value
      return ''
    }
    const level = levelNamed(value)
    if (!level) return whole
    filters[atLeast ? 'min_level' : 'level'] = level
    return ''
  })
  return { words: words.replace(/\s+/g, ' ').trim(), filters }
}

/** The level a person means by a word, whole or begun: `warn`, `ERROR`, `fatal`. */
export function levelNamed(word: string): Level | undefined {
  const upper = word.toUpperCase()
  return OTHER_LEVELS[upper] ?? LEVELS.find((level) => level === upper)
}

function filterNamed(name: string): ExactFilter | undefined {
  const lower = name.toLowerCase()
  const parameter = lower === 'org' ? 'tenant' : (PARAMETERS.get(lower) ?? lower)
  return Object.hasOwn(EXACT_FILTERS, parameter) ? (parameter as ExactFilter) : undefined
}
