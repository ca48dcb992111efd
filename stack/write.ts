/** Writes what the stack has from the code: the file of alert rules, and Grafana's form of it. `node stack/write.ts`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackFiles } from './stack-files.ts'

for (const [file, text] of Object.entries(stackFiles())) writeFileSync(join(import.meta.dirname, '..', file), text)
