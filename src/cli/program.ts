/** The command line proper. `main.ts` loads it once it knows that this Node can. */
import { Command, InvalidArgumentError } from 'commander'
import { packageVersion } from '../server/index.ts'
import { dev, type DevOptions } from './dev.ts'
import { doctor, type DoctorOptions } from './doctor.ts'
import { drain, type DrainOptions } from './drain.ts'
import { standardOutput } from './output.ts'
import { stack, type StackOptions } from './stack.ts'
import type { ServerArguments } from './started-server.ts'
import { up } from './up.ts'
import { verify, type VerifyOptions } from './verify.ts'

const MAX_PORT = 65_535
const MAX_SECONDS = 1_000_000

function port(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number <= MAX_PORT) return number
  throw new InvalidArgumentError(`Found ${value}, allowed: 0 to ${MAX_PORT} (0 = any free port).`)
}

function portOrOff(value: string): number | false {
  if (value === 'off') return false
  if (/^\d+$/.test(value) && Number(value) <= MAX_PORT) return Number(value)
  throw new InvalidArgumentError(`Found ${value}, allowed: 0 to ${MAX_PORT} (0 = any free port), or off.`)
}

function httpUrl(value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value
  throw new InvalidArgumentError(`Found ${value}, allowed: an http:// or https:// URL such as http://127.0.0.1:4318.`)
}

function seconds(value: string): number {
  const number = Number(value)
  if (number > 0 && number <= MAX_SECONDS) return number
  throw new InvalidArgumentError(`Found ${value}, allowed: a number of seconds, more than 0.`)
}

function header(value: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = value.indexOf('=')
  if (at > 0) return { ...others, [value.slice(0, at).trim()]: value.slice(at + 1).trim() }
  throw new InvalidArgumentError('Allowed: name=value.')
}

const GRPC_PORT = 'port of the OTLP receiver for gRPC, or off (default: 4317; any free one with --otlp-port 0)'

const EXAMPLES = `
Examples:
  clew dev -- node app.js
  clew dev -- npm start
  clew dev --open -- npx tsx watch src/main.ts

A server that runs already ("clew up", or another "clew dev") is used. The exit code is the program's.`

const dataFolder = process.env['CLEW_HOME'] || '.clew'
const program = new Command('clew')
  .description('Telemetry of your services, kept and shown on this machine.')
  .version(packageVersion())
  .showSuggestionAfterError()
  .showHelpAfterError('(clew --help says what there is)')
  .enablePositionalOptions()

/** A command that starts the server. */
function serverCommand(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--port <port>', 'port of the viewer and the log API', port, 4319)
    .option('--otlp-port <port>', 'port of the OTLP receiver', port, 4318)
    .option('--grpc-port <port>', GRPC_PORT, portOrOff)
    .option('--data <folder>', 'folder of the store (CLEW_HOME when set)', dataFolder)
}

serverCommand('up', 'start the OTLP receiver, the store, the log API and the viewer').action(
  async (options: ServerArguments) => {
    process.exitCode = await up(options, standardOutput())
  },
)

serverCommand('dev', 'run a program with clew in it, and a server to look at what it says')
  .argument('<command...>', 'the program and its arguments; it need not know of clew')
  .option('--keep', 'leave the server running when the program has ended, until Ctrl+C')
  .option('--open', 'open the viewer in the browser (never where CI is set)')
  .passThroughOptions()
  .addHelpText('after', EXAMPLES)
  .action(async (command: string[], options: DevOptions) => {
    const { code, signal } = await dev(command, options, standardOutput())
    if (signal === null) process.exitCode = code
    else process.kill(process.pid, signal)
  })

program
  .command('drain')
  .description('send what waits in the spool: what processes that have ended could not deliver')
  .option('--home <folder>', 'where the services keep their state (CLEW_HOME when set)', dataFolder)
  .option('--service <name>', 'of this service only')
  .option('--endpoint <url>', 'base URL of the receiver (OTEL_EXPORTER_OTLP_ENDPOINT when set)', httpUrl)
  .option('--header <name=value>', 'sent with each request; may be given more than once', header)
  .option('--timeout <seconds>', 'longest time for all of it', seconds, 60)
  .addHelpText(
    'after',
    `
Records, spans and metrics wait on disk, in <home>/spool/<service>, until a receiver has taken them. The next start of a service sends what
an earlier one left; where there is no next start, this does. What belongs to a process that still runs is left to it.
All OTEL_EXPORTER_OTLP_* variables are honoured. What the receiver refuses for good is kept beside the spool, in dead-letter-*.jsonl.
Ends with 0 only when everything that waited has arrived.

  clew drain --endpoint http://collector:4318
  clew drain --home /var/lib/shop/.clew --service shop --header authorization='Bearer …'`,
  )
  .action(async (options: DrainOptions) => {
    process.exitCode = await drain(options, standardOutput())
  })

program
  .command('verify')
  .description('follow the hash chains of the audit table, and name the first link that is broken')
  .option('--home <folder>', 'where the service keeps its state (CLEW_HOME when set)', dataFolder)
  .option('--url <url>', 'of the database (CLEW_DATABASE_URL when set, else sqlite:<home>/audit.db)')
  .option('--table <name>', 'of the records', 'audit_logs')
  .option('--key-file <file>', 'with the key of the chains (CLEW_AUDIT_KEY when set, else <home>/audit.key)')
  .option('--checkpoints <file>', 'checkpoints that were kept elsewhere')
  .option('--print-checkpoints', 'print the signed ends of all chains, one JSON object in a line, to be kept elsewhere')
  .option('--json', 'for machines')
  .addHelpText(
    'after',
    `
Ends with 0 when every link holds, with 1 when one is broken, with 2 when it can't look.

  clew verify
  clew verify --url postgres://auditor@db/app --key-file /run/secrets/audit.key
  clew verify --print-checkpoints >> /mnt/elsewhere/checkpoints.jsonl`,
  )
  .action(async (options: VerifyOptions) => {
    process.exitCode = await verify(options, standardOutput())
  })

program
  .command('doctor')
  .description('say which settings are in force here and where they come from, and whether what they need is there')
  .option('--json', 'for machines')
  .option('--timeout <seconds>', 'longest time for each check; all run side by side', seconds, 5)
  .option('--port <port>', 'port of the viewer and the log API', port, 4319)
  .option('--otlp-port <port>', 'port of the OTLP receiver', port, 4318)
  .option('--grpc-port <port>', 'port of the OTLP receiver for gRPC', port, 4317)
  .addHelpText(
    'after',
    `
Reads the directory and the environment that it is started in, and changes nothing. To each endpoint goes an export request with nothing in it.
Ends with 0 when nothing fails, with 1 otherwise; warnings are no failures.`,
  )
  .action(async (options: DoctorOptions) => {
    process.exitCode = await doctor(options, standardOutput())
    // The look-up of a name can't be cancelled, and would hold up the end.
    process.stdout.write('', () => process.exit())
  })

program
  .command('stack')
  .description('write the files of the collector stack, with the settings of one file put in')
  .option('--out <folder>', 'where to', '.')
  .option('--settings <file>', 'the settings, instead of <out>/stack/settings.yaml; copied there when there are none')
  .option('--alerts <file>', 'the alert rules, instead of <out>/stack/alerts.yaml; copied there when there are none')
  .option('--force', 'replace files that were changed by hand, or that are not from clew')
  .option('--check', 'write nothing; say what differs from what would be written, and end with 1 when something does')
  .addHelpText(
    'after',
    `
Writes collector-config.yaml, docker-compose.yml, .env.example and stack/: an OpenTelemetry Collector, Loki, Tempo, Prometheus and
Grafana, ready for docker compose up. How long each level is kept, how files rotate, which traces Tempo keeps and what the collector
may take stand in stack/settings.yaml, alert rules in stack/alerts.yaml. These two are written once (the defaults, or a copy of
the file given) and then yours: change them, and say clew stack again. A file given later wins for that time; the folder's stays.
LOG_RETENTION_DAYS (a number), where it is set, says how long INFO is kept.

A file that was changed by hand since it was written is kept and named. What is yours is better kept in files beside these: another
--config of the collector, a docker-compose.override.yml. All files are written, or none. Ends with 0 when all are as they should be.

  clew stack --out observability
  clew stack --out observability --check`,
  )
  .action((options: StackOptions) => {
    process.exitCode = stack(options, standardOutput())
  })

await program.parseAsync()
