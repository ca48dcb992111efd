import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { fileKey } from '../src/settings/file/file-key.ts'
import { STACK_SETTINGS } from '../src/stack/stack-settings.ts'

/** The JSON Schema of `stack/settings.yaml`, for editors. */
export function makeStackSchema(): JsonSchema {
  const { $schema, ...settings } = toJsonSchema(STACK_SETTINGS)
  return {
    ...($schema === undefined ? undefined : { $schema }),
    title: 'Settings of the collector stack',
    description: 'What clew stack puts into the configurations: docs/retention.md.',
    ...inFile(settings),
  }
}

/** The keys as a file has them; any of them may be left empty. */
function inFile({ properties, type, ...rest }: JsonSchema): JsonSchema {
  if (properties === undefined)
    return { ...rest, ...(type === undefined ? undefined : { type: [type, 'null'] as never }) }
  const members = Object.entries(properties).map(([name, member]) => [fileKey(name), inFile(member as JsonSchema)])
  return { ...rest, type: ['object', 'null'], properties: Object.fromEntries(members) as Record<string, JsonSchema> }
}
