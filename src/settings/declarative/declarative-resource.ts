import type { ResourceValue } from '../options.ts'
import type { DetectorName } from '../resource/detector-names.ts'
import { parsePairs } from '../parse-variable.ts'
import { UnusableValue } from '../settings-error.ts'
import { UNSHOWN } from '../shown-value.ts'
import type { Refuse } from './declarative-exporters.ts'
import type { Section } from './section.ts'

/** The attributes of both lists; those with a type of their own win. */
export function declarativeResource(resource: Section, refuse: Refuse): Record<string, ResourceValue> {
  const attributes = Object.create(null) as Record<string, ResourceValue>
  const list = resource.value<string>('attributes_list')
  const pairs = list === undefined ? {} : parsePairs(list)
  if (pairs === undefined)
    refuse(
      resource.placeOf('attributes_list'),
      new UnusableValue(UNSHOWN, 'key=value pairs with commas between, percent-encoded'),
    )
  Object.assign(attributes, pairs)
  for (const attribute of resource.sections('attributes')) {
    const [name = '', value] = [attribute.value<string>('name'), attribute.value<ResourceValue>('value')]
    // The value has its type from YAML, which the schema held it to.
    attribute.value('type')
    if (value !== undefined) attributes[name] = value
  }
  return attributes
}

/** clew's detectors by their names in the file. */
const DETECTORS: Readonly<Record<string, readonly DetectorName[]>> = {
  container: ['container', 'k8s'],
  host: ['host', 'os'],
  process: ['process'],
  service: ['serviceinstance'],
}

/** The detectors that the file names; undefined where it says nothing of detection, and clew's own default holds. */
export function declarativeDetectors(resource: Section | undefined): readonly DetectorName[] | undefined {
  const detectors = resource?.section('detection/development')?.sections('detectors')
  return detectors?.flatMap((detector) =>
    Object.entries(DETECTORS).flatMap(([name, own]) => (detector.section(name) === undefined ? [] : own)),
  )
}
