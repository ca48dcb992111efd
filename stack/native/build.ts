// node stack/native/build.ts: finds or builds the collector and prints the path of its program.
import { collectorProgram } from './collector-program.ts'

const found = await collectorProgram()
if ('missing' in found) {
  console.error(found.missing)
  process.exitCode = 1
} else {
  console.log(found.path)
}
