// node stack/native/build.ts: finds or builds the servers of the stack and prints the path of the collector's program.
// node stack/native/build.ts --all: the paths of all of them, a line each.
import { collectorProgram } from './collector-program.ts'
import { stackPrograms } from './stack-programs.ts'

if (process.argv.includes('--all')) {
  const found = await stackPrograms()
  if ('missing' in found) fail(found.missing)
  else console.log(Object.values(found).join('\n'))
} else {
  const found = await collectorProgram()
  if ('missing' in found) fail(found.missing)
  else console.log(found.path)
}

function fail(why: string): void {
  console.error(why)
  process.exitCode = 1
}
