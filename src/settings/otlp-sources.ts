import type { OtlpOptions } from './options.ts'
import { otlpPrefix, type OtlpEnvironment, type OtlpVariables, type Signal } from './otlp-environment.ts'
import { UnusableValue, type SettingsMistake } from './settings-error.ts'

/** Where mistakes are told: those in code, which are thrown, and those in variables, which are said. */
export interface MistakeLists {
  readonly options: SettingsMistake[]
  readonly environment: SettingsMistake[]
}

/** One place where a signal's settings come from. */
export interface OtlpSource {
  readonly values: OtlpVariables
  /** Whether it is of this signal alone, so that its endpoint is the whole URL. */
  readonly ofSignal: boolean
  readonly place: (option: keyof OtlpVariables) => string
  readonly mistakes: SettingsMistake[]
}

/** A value, and who said it. */
export interface Chosen<T> {
  readonly value: T
  readonly source: OtlpSource
}

/** All that says how one signal is sent: code before the environment, and in each the signal's own before the common. */
export class OtlpSources {
  readonly #sources: readonly OtlpSource[]

  constructor(signal: Signal, options: OtlpOptions, env: OtlpEnvironment, mistakes: MistakeLists) {
    const code = (path: string, values: OtlpVariables, ofSignal: boolean): OtlpSource => ({
      values,
      ofSignal,
      place: (option) => `init({ ${path}.${option} })`,
      mistakes: mistakes.options,
    })
    const variables = (of: Signal | 'common'): OtlpSource => ({
      values: env[of],
      ofSignal: of !== 'common',
      place: (option) => `${otlpPrefix(of)}_${option.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`.replace('_MILLIS', ''),
      mistakes: mistakes.environment,
    })
    this.#sources = [
      code(`otlp.${signal}`, options[signal] ?? {}, true),
      code('otlp', options, false),
      variables(signal),
      variables('common'),
    ]
  }

  /** The first value that `use` does not refuse by throwing an UnusableValue, which is told. */
  first<K extends keyof OtlpVariables, T>(
    option: K,
    use: (value: NonNullable<OtlpVariables[K]>, source: OtlpSource) => T,
  ): Chosen<T> | undefined {
    for (const chosen of this.each(option, use)) return chosen
    return undefined
  }

  /** The values of all sources, the first before the others, asked one by one. */
  *each<K extends keyof OtlpVariables, T>(
    option: K,
    use: (value: NonNullable<OtlpVariables[K]>, source: OtlpSource) => T,
  ): Generator<Chosen<T>> {
    for (const source of this.#sources) {
      const value = source.values[option]
      if (value === undefined) continue
      try {
        yield { value: use(value, source), source }
      } catch (error) {
        if (!(error instanceof UnusableValue)) throw error
        report(source, option, error)
      }
    }
  }
}

/** Tells of a mistake, once: the common sources are asked for each signal. */
export function report(source: OtlpSource, option: keyof OtlpVariables, { found, allowed }: UnusableValue): void {
  const where = source.place(option)
  if (!source.mistakes.some((mistake) => mistake.where === where)) source.mistakes.push({ where, found, allowed })
}
