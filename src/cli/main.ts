#!/usr/bin/env node
import { tooOld } from './oldest-node.ts'

// Nothing else is imported here: what an older Node lacks would end it with an error that says nothing of the cure.
const complaint = tooOld(process.versions.node)
if (complaint === undefined) await import('./program.ts')
else {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 1
}
