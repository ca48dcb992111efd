/** File systems have room for 255 bytes, of which the names of backups need some 50. */
const MAX_BYTES = 180

/** A file's name made of a name that anybody may choose: no way to another directory, not hidden, not too long. */
export function fileNameOf(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_')
  let end = safe.length
  while (Buffer.byteLength(safe.slice(0, end)) > MAX_BYTES) end--
  return end === 0 ? '_' : safe.slice(0, end).toWellFormed()
}
