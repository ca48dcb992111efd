import type { Layer } from './layers.ts'
import type { OtlpSignalOptions } from './options.ts'
import type { Signal } from './otlp-environment.ts'
import { UnusableValue, type SettingsMistake } from './settings-error.ts'

/** Where mistakes are told: those in code and in files, which are thrown, and those in variables, which are said. */
export interface MistakeLists {
  readonly options: SettingsMistake[]
  readonly environment: SettingsMistake[]
}

/** One place where a signal's settings come from. */
export interface OtlpSource {
  readonly values: OtlpSignalOptions
  /** Whether it is of this signal alone, so that its endpoint is the whole URL. */
  readonly ofSignal: boolean
  readonly layer: Layer
  /** Of the options, such as `otlp.logs`. */
  readonly path: string
  readonly mistakes: SettingsMistake[]
}

/** A value, and who said it. */
export interface Chosen<T> {
  readonly value: T
  readonly source: OtlpSource
}

/** All that says how one signal is sent: layer by layer, in each the signal's own before the common. */
export class OtlpSources {
  readonly #sources: readonly OtlpSource[]

  constructor(signal: Signal, layers: readonly Layer[], mistakes: MistakeLists) {
    const sourceOf = (layer: Layer, path: string, values: unknown): OtlpSource => ({
      values: typeof values === 'object' && values !== null ? values : {},
      ofSignal: path !== 'otlp',
      layer,
      path,
      mistakes: layer.origin === 'environment' ? mistakes.environment : mistakes.options,
    })
    this.#sources = layers.flatMap((layer) => {
      const otlp = layer.options.otlp
      if (typeof otlp !== 'object') return []
      return [sourceOf(layer, `otlp.${signal}`, otlp[signal]), sourceOf(layer, 'otlp', otlp)]
    })
  }

  /** The first value that `use` does not refuse by throwing an UnusableValue, which is told. */
  first<K extends keyof OtlpSignalOptions, T>(
    option: K,
    use: (value: NonNullable<OtlpSignalOptions[K]>, source: OtlpSource) => T,
  ): Chosen<T> | undefined {
    for (const chosen of this.each(option, use)) return chosen
    return undefined
  }

  /** The values of all sources, the first before the others, asked one by one. */
  *each<K extends keyof OtlpSignalOptions, T>(
    option: K,
    use: (value: NonNullable<OtlpSignalOptions[K]>, source: OtlpSource) => T,
  ): Generator<Chosen<T>> {
    for (const source of this.#sources) {
      const value = source.values[option]
      if (value === undefined) continue
      try {
        const chosen = { value: use(value, source), source }
        this.#used(source, option)
        yield chosen
      } catch (error) {
        if (!(error instanceof UnusableValue)) throw error
        report(source, option, error)
      }
    }
  }

  /** What is of no use for one signal may be for another. */
  #used({ layer, path }: OtlpSource, option: string): void {
    layer.refused.delete(`${path}.${option}`)
  }
}

/** Tells of a value that is of no use, once: the common sources are asked for each signal. */
export function report({ layer, path, mistakes }: OtlpSource, option: string, { found, allowed }: UnusableValue): void {
  const where = layer.place(`${path}.${option}`)
  layer.refused.add(`${path}.${option}`)
  if (!mistakes.some((mistake) => mistake.where === where)) mistakes.push({ where, found, allowed })
}
