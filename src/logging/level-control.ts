import { ROOT_NODE } from '../context/index.ts'
import type { Fields } from '../otlp/index.ts'
import { isFields } from './call-arguments.ts'
import type { ChangedBy, LevelChangeOptions, LevelSource } from './level-changes.ts'
import { levelName, LEVELS, OFF, parseLevel, SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'
import { DEFAULT_SAFETY, ownFields } from '../values/index.ts'

const COMPONENT = 'clew'
const CHANGED = 'clew.level.changed'
const BACK = 'level changed back'
const CHANGED_BY = 'clew.level.changed_by'
const MAX_NAME_LENGTH = 1_024
const MAX_SHOWN_LENGTH = 100
const MAX_WHERE_FIELDS = 16
const WHERE_ALLOWED = `fields such as { 'user.id': 'u1' }, ${MAX_WHERE_FIELDS} at most`

/**
 * Changes levels while the program runs, and says so on the audit channel; also when the change's time is over.
 * @returns takes the change back
 */
export function changeLevel(threshold: number, options: LevelChangeOptions, by: LevelSource): () => void {
  const fields = fieldsOf(threshold, options)
  const back = (source: ChangedBy): void => tell(BACK, fields, source)
  const end = pipeline.components.change({ threshold, options, by, ended: back })
  tell('level changed', fields, by)
  return () => {
    if (end()) back(by)
  }
}

/**
 * The call by which a program changes levels.
 * @throws RangeError for what is no level, no component, no time or no fields
 */
export function setLevel(level: string, change: string | LevelChangeOptions = {}): void {
  const threshold = parseLevel(level)
  if (threshold === undefined) throw wrong('level', level, `${LEVELS.join(', ')}, OFF`)
  changeLevel(threshold, checked(change), 'call')
}

/** The change that was asked for, read once. */
function checked(given: unknown): LevelChangeOptions {
  if (typeof given !== 'string' && (typeof given !== 'object' || given === null))
    throw wrong('change', given, 'a component, or { component, forMillis, where }')
  const { component, forMillis, where } = typeof given === 'string' ? { component: given } : ownFields(given)
  if (component !== undefined && !isName(component))
    throw wrong('component', component, 'a name; * stands for any characters')
  if (forMillis !== undefined && !(typeof forMillis === 'number' && forMillis > 0))
    throw wrong('forMillis', forMillis, 'a number of milliseconds, more than 0')
  if (where !== undefined && !areFields(where)) throw wrong('where', where, WHERE_ALLOWED)
  return {
    ...(component === undefined ? undefined : { component }),
    ...(forMillis === undefined ? undefined : { forMillis }),
    ...(where === undefined ? undefined : { where: ownFields(where) }),
  }
}

function isName(component: unknown): component is string {
  return typeof component === 'string' && component !== '' && component.length <= MAX_NAME_LENGTH
}

/** What every record is asked for has to be little. */
function areFields(where: unknown): where is Fields {
  try {
    return isFields(where) && Object.keys(where).length <= MAX_WHERE_FIELDS
  } catch {
    // a proxy
    return false
  }
}

function wrong(what: string, found: unknown, allowed: string): RangeError {
  const shown = DEFAULT_SAFETY.json(found).slice(0, MAX_SHOWN_LENGTH)
  return new RangeError(`setLevel: ${what === 'level' ? '' : `${what}: `}found ${shown}; allowed: ${allowed}`)
}

function fieldsOf(threshold: number, { component, forMillis, where }: LevelChangeOptions): Fields {
  return {
    'clew.level': threshold >= OFF ? 'OFF' : levelName(threshold),
    'clew.level.component': component,
    'clew.level.for_ms': forMillis,
    'clew.level.where': where !== undefined && Object.keys(where).length > 0 ? where : undefined,
  }
}

/** A call belongs to the request that makes it; all else to none. */
function tell(body: string, fields: Fields, by: ChangedBy): void {
  pipeline.emit({
    component: pipeline.components.get(COMPONENT),
    severityNumber: SEVERITY.INFO,
    severityText: 'INFO',
    body,
    eventName: CHANGED,
    fields: { ...fields, [CHANGED_BY]: by },
    context: by === 'call' ? undefined : ROOT_NODE,
    audit: true,
  })
}
