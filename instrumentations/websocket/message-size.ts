/** The size in bytes of what a message carries, without copying it; 0 for what can't be told. */
export function messageSize(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  if (typeof data === 'number') return String(data).length
  if (typeof data !== 'object' || data === null) return 0
  if (Array.isArray(data)) return data.reduce<number>((sum, part) => sum + messageSize(part), 0)
  const { byteLength, size } = data as { byteLength?: unknown; size?: unknown }
  if (typeof byteLength === 'number') return byteLength
  return typeof size === 'number' ? size : 0
}
