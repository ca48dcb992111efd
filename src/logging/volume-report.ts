import { SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'
import type { VolumeLimits } from './volume-limits.ts'

/** Says how many records of which components were left out since the last time, a record each. */
export function reportLeftOut(limits: VolumeLimits): void {
  for (const { component, sampled, rateLimited, repeated, example } of limits.report()) {
    pipeline.emit({
      component: pipeline.components.get(component),
      severityNumber: SEVERITY.INFO,
      severityText: 'INFO',
      body: `${sampled + rateLimited + repeated} records left out`,
      fields: {
        'clew.left_out.sampled': sampled,
        'clew.left_out.rate_limited': rateLimited,
        'clew.left_out.repeated': repeated,
        'clew.left_out.example': example,
      },
      ungated: true,
    })
  }
}
