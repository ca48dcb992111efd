/** DEL, C1 controls (a terminal's escapes in one character), line separators, and the marks that turn the direction of text. */
const HIDDEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Those, and C0 controls. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text in which nothing can forge or hide a line on a terminal: each such character is written as its escape. */
export function visibleText(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    return escapeOf(character)
  })
}

/** The same for JSON text of one line or more, which has its C0 controls escaped already, and says the same afterwards. */
export function visibleJson(json: string): string {
  // Most lines are ASCII, and to know that is far cheaper than to look at each character. What costs is to join the text from its pieces, so once for many lines is best.
  if (Buffer.byteLength(json) === json.length && !json.includes('\u007f')) return json
  return json.replace(HIDDEN, escapeOf)
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
