/* eslint-disable no-control-regex -- control characters are what this file is about */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g
const CONTROLS_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const LONELY_SURROGATES = /\p{Surrogate}/gu

/** Any value from the server as text: a string as it is, everything else as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return JSON.stringify(value) ?? ''
}

/** One line of at most `limit` characters in which nothing hides: controls and changes of direction become visible marks. */
export function visibleLine(value: unknown, limit = 400): string {
  const text = textOf(value)
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text
  return mark(cut.replace(/\r?\n/g, ' ↵ ').replace(/\t/g, ' '), CONTROLS)
}

/** The same, with its lines kept. */
export function visibleText(text: string): string {
  return mark(text.replace(/\r\n/g, '\n'), CONTROLS_BUT_LINES)
}

function mark(text: string, controls: RegExp): string {
  return text
    .replace(controls, (character) => escape('x', character, 2))
    .replace(DIRECTIONS, (character) => escape('u', character, 4))
    .replace(LONELY_SURROGATES, '\ufffd')
}

/** As a program would write it: fonts have no pictures for these. */
function escape(letter: string, character: string, digits: number): string {
  return `\\${letter}${character.charCodeAt(0).toString(16).padStart(digits, '0')}`
}
