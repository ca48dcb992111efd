import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { goProgram, pythonProgram, type ForeignProgram } from '../../../stack/native/foreign-sdks.ts'

/** What a program sent: the ids of its trace and of the two spans in it. */
export interface Sent {
  readonly trace_id: string
  readonly outer_span_id: string
  readonly inner_span_id: string
}

/** A language, and what differs from SDK to SDK. */
export interface ForeignLanguage {
  readonly language: string
  /** Undefined where what it needs is not here. */
  readonly command: readonly [string, ...string[]] | undefined
  /** Of the error that the record of the failure has; whether with its stack. */
  readonly error: { readonly type: string; readonly message: string }
  readonly hasStack: boolean
  /** Of the exception that the span has as an event. */
  readonly spanError: { readonly type: string; readonly message: string }
}

/** All of them. Where one can't run here, a line says how to get what it needs; where CI=true, that is a failure. */
export async function foreignLanguages(): Promise<ForeignLanguage[]> {
  const reason = 'card refused'
  const wrapped = `charging o-7: ${reason}`
  return [
    {
      language: 'Python',
      command: await here(pythonProgram()),
      error: { type: 'PaymentError', message: reason },
      hasStack: true,
      spanError: { type: '__main__.PaymentError', message: reason },
    },
    {
      language: 'Go',
      command: await here(goProgram()),
      error: { type: '*main.paymentError', message: wrapped },
      hasStack: false,
      spanError: { type: '*fmt.wrapError', message: wrapped },
    },
  ]
}

async function here(looked: Promise<ForeignProgram>): Promise<ForeignLanguage['command']> {
  const found = await looked
  if ('command' in found) return found.command
  if (process.env['CI'] === 'true') throw new Error(found.missing)
  console.warn(`skipped: ${found.missing}`)
  return undefined
}

/** Runs a language's program to its end, with nothing in its environment but where it sends to. @throws when it complains, or is not here */
export async function send(
  { language, command }: ForeignLanguage,
  service: string,
  protocol: string,
  endpoint: string,
): Promise<Sent> {
  if (command === undefined) throw new Error(`${language} is not here`)
  const [program, ...args] = command
  const env = {
    OTEL_SERVICE_NAME: service,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  }
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0 || complaints !== '') throw new Error(`${program} ended with ${String(code)}: ${complaints}`)
  return JSON.parse(out) as Sent
}
