/** Writes what is made from the code: config.schema.json, alerts.schema.json and the table of names in docs/options.md. `npm run schema`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAlertsSchema } from './alerts-schema.ts'
import { makeConfigSchema } from './config-schema.ts'
import { optionNamesTable } from './option-names.ts'

const at = (file: string): string => join(import.meta.dirname, '..', file)

writeFileSync(at('config.schema.json'), `${JSON.stringify(makeConfigSchema(), undefined, 2)}\n`)
writeFileSync(at('alerts.schema.json'), `${JSON.stringify(makeAlertsSchema(), undefined, 2)}\n`)
const page = readFileSync(at('docs/options.md'), 'utf8')
writeFileSync(
  at('docs/options.md'),
  page.replace(
    /(## Every name\n[\s\S]*?)\n\|[\s\S]*?\n(?!\|)/,
    (_, head: string) => `${head}\n${optionNamesTable()}\n`,
  ),
)
