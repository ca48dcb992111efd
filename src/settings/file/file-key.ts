/** What an option is called in a file: `slowMillis` is `slow_ms`, `spool.maxBytes` is `max_bytes`. */
export function fileKey(option: string): string {
  return option.replace(/Millis$/, 'Ms').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
