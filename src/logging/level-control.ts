import type { Fields } from '../otlp/index.ts'
import type { LevelChangeOptions } from './level-changes.ts'
import { OFF, SEVERITY } from './level.ts'
import { levelName } from './level.ts'
import { pipeline } from './pipeline.ts'

/** Who or what changed a level. */
export type ChangedBy = 'call' | 'signal' | 'file' | 'time'

const COMPONENT = 'clew'
const CHANGED = 'clew.level.changed'

/** Changes levels while the program runs, and says so on the audit channel: also when the change's time is over. */
export function changeLevel(threshold: number, options: LevelChangeOptions, by: ChangedBy): void {
  const fields = fieldsOf(threshold, options)
  pipeline.components.change(threshold, options, () =>
    tell('level changed back', { ...fields, 'clew.level.changed_by': 'time' }),
  )
  tell('level changed', { ...fields, 'clew.level.changed_by': by })
}

function fieldsOf(threshold: number, { component, forMillis, where }: LevelChangeOptions): Fields {
  return {
    'clew.level': threshold >= OFF ? 'OFF' : levelName(threshold),
    'clew.level.component': component,
    'clew.level.for_ms': forMillis,
    'clew.level.where': where,
  }
}

function tell(body: string, fields: Fields): void {
  pipeline.emit({
    component: pipeline.components.get(COMPONENT),
    severityNumber: SEVERITY.INFO,
    severityText: 'INFO',
    body,
    eventName: CHANGED,
    fields,
    audit: true,
  })
}
