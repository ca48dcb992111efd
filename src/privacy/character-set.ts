/** A table of ASCII characters: 1 for those of the text. Asked by the code of a character, it is much quicker than an expression. */
export function characterSet(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
