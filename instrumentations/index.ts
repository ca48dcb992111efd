import type { Instrumentation } from './instrumentation.ts'

/** The part of clew's settings that instrumentations read. */
export interface InstrumentationsSettings {
  readonly slowMillis: number
  readonly instrumentations: { readonly http: boolean; readonly websocket: boolean; readonly redis: boolean }
}

/** All instrumentations that the settings ask for. */
export function createInstrumentations(_settings: InstrumentationsSettings, _note: (code: string, message: string) => void): Instrumentation[] {
  return []
}
