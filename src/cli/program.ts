/** The command line proper. `main.ts` loads it once it knows that this Node can. */
import { Command, InvalidArgumentError } from 'commander'
import { packageVersion } from '../server/index.ts'
import { standardOutput } from './output.ts'
import { type UpOptions, up } from './up.ts'

const MAX_PORT = 65_535

function port(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number <= MAX_PORT) return number
  throw new InvalidArgumentError(`Found ${value}, allowed: 0 to ${MAX_PORT} (0 = any free port).`)
}

const dataFolder = process.env['CLEW_HOME'] || '.clew'
const program = new Command('clew')
  .description('Telemetry of your services, kept and shown on this machine.')
  .version(packageVersion())
  .showSuggestionAfterError()
  .showHelpAfterError('(clew --help says what there is)')

program
  .command('up')
  .description('start the OTLP receiver, the store, the log API and the viewer')
  .option('--port <port>', 'port of the viewer and the log API', port, 4319)
  .option('--otlp-port <port>', 'port of the OTLP receiver', port, 4318)
  .option('--data <folder>', 'folder of the store (CLEW_HOME when set)', dataFolder)
  .action(async (options: UpOptions) => {
    process.exitCode = await up(options, standardOutput())
  })

await program.parseAsync()
