import { createSpeaker } from '../speaker.ts'

/** The component that HTTP records, spans and metrics belong to. */
export const COMPONENT = 'http'

export const { say: emitRecord, isEnabled } = createSpeaker(COMPONENT)

/** Milliseconds as records carry them: to the microsecond. */
export function roundedMillis(millis: number): number {
  return Math.round(millis * 1_000) / 1_000
}
