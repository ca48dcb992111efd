import type { MetricData } from '@opentelemetry/sdk-metrics'

export type MetricAttributes = Record<string, string | number>
export type MetricPoint = readonly [value: number, attributes: MetricAttributes]

/** DataPointType, AggregationTemporality.CUMULATIVE and ValueType by value: importing them would load the metrics SDK. */
const HISTOGRAM = 0
const GAUGE = 2
const SUM = 3
const CUMULATIVE = 1
const INTEGER = 0
const DOUBLE = 1

/** What a metric is called, and what it counts. */
export interface MetricName {
  readonly name: string
  readonly unit: string
}

/** A distribution as the OpenTelemetry data model has it; one count more than there are bounds. */
export interface Distribution {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

/** Metrics as the metrics SDK would collect them, made without it. All are cumulative, from one start on. */
export class MetricDataFactory {
  readonly #startMillis = Date.now()

  sum({ name, unit }: MetricName, isMonotonic: boolean, points: readonly MetricPoint[]): MetricData {
    const isWhole = points.every(([value]) => Number.isInteger(value))
    return {
      descriptor: { name, description: '', unit, valueType: isWhole ? INTEGER : DOUBLE },
      aggregationTemporality: CUMULATIVE,
      dataPointType: SUM,
      isMonotonic,
      dataPoints: this.#points(points),
    }
  }

  gauge({ name, unit }: MetricName, points: readonly MetricPoint[]): MetricData {
    return {
      descriptor: { name, description: '', unit, valueType: DOUBLE },
      aggregationTemporality: CUMULATIVE,
      dataPointType: GAUGE,
      dataPoints: this.#points(points),
    }
  }

  histogram({ name, unit }: MetricName, points: readonly (readonly [Distribution, MetricAttributes])[]): MetricData {
    const values = points.map(([{ bounds, counts, ...value }, attributes]) => {
      const buckets = { boundaries: [...bounds], counts: [...counts] }
      return [{ ...value, buckets }, attributes] as const
    })
    return {
      descriptor: { name, description: '', unit, valueType: DOUBLE },
      aggregationTemporality: CUMULATIVE,
      dataPointType: HISTOGRAM,
      dataPoints: this.#points(values),
    }
  }

  #points<T>(points: readonly (readonly [T, MetricAttributes])[]): {
    startTime: [number, number]
    endTime: [number, number]
    attributes: MetricAttributes
    value: T
  }[] {
    const [startTime, endTime] = [hrTime(this.#startMillis), hrTime(Date.now())]
    return points.map(([value, attributes]) => ({ startTime, endTime, attributes, value }))
  }
}

function hrTime(millis: number): [number, number] {
  return [Math.floor(millis / 1000), (millis % 1000) * 1e6]
}
