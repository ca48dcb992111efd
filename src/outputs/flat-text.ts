/** The same text in one piece. V8 keeps text that was put together as a tree of its pieces; where it is used again and again they are better joined once. */
export function flat(text: string): string {
  return Buffer.from(text).toString()
}
