import { createSpeaker } from '../speaker.ts'

/** The component that WebSocket records and spans belong to. */
export const COMPONENT = 'websocket'

export const { say: emitRecord } = createSpeaker(COMPONENT)
