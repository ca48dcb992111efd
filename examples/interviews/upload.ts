const MAX_BYTES = 5_000_000
const TYPES = ['application/pdf', 'text/plain']

/** What is wrong with an upload. */
export interface UploadProblem {
  readonly field: string
  readonly message: string
}

/** Checks the announcement of an upload; undefined when it is fine. */
export function checkUpload(body: unknown): UploadProblem | undefined {
  const { name, type, bytes } = (body ?? {}) as { name?: unknown; type?: unknown; bytes?: unknown }
  if (typeof name !== 'string' || name === '') return { field: 'name', message: 'it is missing' }
  if (!TYPES.includes(String(type))) return { field: 'type', message: `allowed: ${TYPES.join(', ')}` }
  if (typeof bytes !== 'number' || bytes > MAX_BYTES) return { field: 'bytes', message: `at most ${MAX_BYTES}` }
  return undefined
}
