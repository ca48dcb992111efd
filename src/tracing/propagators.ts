import { pathToFileURL } from 'node:url'
import type { TextMapPropagator } from '@opentelemetry/api'
import { BaggagePropagator } from './baggage-propagator.ts'
import { CompositePropagator } from './composite-propagator.ts'
import { TraceContextPropagator } from './trace-context-propagator.ts'

/** The values of OTEL_PROPAGATORS. @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
export const PROPAGATOR_NAMES = ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'] as const
export type PropagatorName = (typeof PROPAGATOR_NAMES)[number]

const B3_PACKAGE = '@opentelemetry/propagator-b3'

/**
 * All propagators as one, in their order; each name once. `none` and what is not installed propagate nothing.
 * @param missing hears of a name whose package is not installed
 */
export function createPropagator(
  wanted: readonly (PropagatorName | TextMapPropagator)[],
  missing: (name: string, packageName: string) => void,
): TextMapPropagator {
  const propagators = [...new Set(wanted)].flatMap((one) => {
    if (typeof one !== 'string') return [one]
    const made = named(one)
    if (made === undefined) missing(one, B3_PACKAGE)
    return made ?? []
  })
  return new CompositePropagator(propagators)
}

/** Undefined when the package that has it is not installed. */
function named(name: PropagatorName): TextMapPropagator[] | undefined {
  if (name === 'none') return []
  if (name === 'tracecontext') return [new TraceContextPropagator()]
  if (name === 'baggage') return [new BaggagePropagator()]
  const b3 = loadB3()
  return b3 === undefined ? undefined : [new b3.B3Propagator({ injectEncoding: name === 'b3multi' ? 1 : 0 })]
}

interface B3Module {
  readonly B3Propagator: new (options: { injectEncoding: number }) => TextMapPropagator
}

/** From where the program is, since the package is the program's; else from where clew is. */
function loadB3(): B3Module | undefined {
  const here = import.meta.url as string | undefined
  const { createRequire } = process.getBuiltinModule('node:module')
  const places = [pathToFileURL(process.argv[1] ?? `${process.cwd()}/program`), ...(here === undefined ? [] : [here])]
  for (const place of places) {
    try {
      return createRequire(place)(B3_PACKAGE) as B3Module
    } catch {
      // not from here
    }
  }
  return undefined
}
