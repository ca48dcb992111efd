import { stripVTControlCharacters } from 'node:util'

/** Text without what only a terminal understands, such as colours. */
export function plainLine(text: string): string {
  return text.includes('\u001b') ? stripVTControlCharacters(text) : text
}
