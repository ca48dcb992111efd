import { createSpeaker } from '../speaker.ts'

/** The component that Redis records, spans and metrics belong to. */
export const COMPONENT = 'redis'

export const { say: emitRecord } = createSpeaker(COMPONENT)
