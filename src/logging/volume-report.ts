import { ROOT_NODE } from '../context/index.ts'
import { SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'
import type { LeftOut, VolumeLimits } from './volume-limits.ts'

/** Speaks for components that have no books of their own. */
const COMPONENT = 'clew'

/** Says how many records of which components were left out since the last time, a record each. */
export function reportLeftOut(limits: VolumeLimits): void {
  for (const leftOut of limits.report()) {
    const { sampled, rateLimited, repeated } = leftOut
    pipeline.emit({
      component: pipeline.components.get(leftOut.component ?? COMPONENT),
      severityNumber: SEVERITY.INFO,
      severityText: 'INFO',
      body: `${sampled + rateLimited + repeated} records left out`,
      fields: fieldsOf(leftOut),
      // It belongs to no request: the timer that brings us here was set in one.
      context: ROOT_NODE,
      ungated: true,
    })
  }
}

function fieldsOf({ sampled, rateLimited, repeated, broughtOut, example }: LeftOut): Record<string, unknown> {
  return {
    'clew.left_out.sampled': sampled,
    'clew.left_out.rate_limited': rateLimited,
    'clew.left_out.repeated': repeated,
    ...(broughtOut === 0 ? undefined : { 'clew.left_out.brought_out': broughtOut }),
    ...(example === '' ? undefined : { 'clew.left_out.example': example }),
  }
}
