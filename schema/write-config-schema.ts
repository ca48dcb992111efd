/** Writes config.schema.json: `npm run schema`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeConfigSchema } from './config-schema.ts'

writeFileSync(
  join(import.meta.dirname, '../config.schema.json'),
  `${JSON.stringify(makeConfigSchema(), undefined, 2)}\n`,
)
