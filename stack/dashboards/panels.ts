import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common'
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type Panel as BuiltPanel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as LogsPanel } from '@grafana/grafana-foundation-sdk/logs'
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Query } from './queries.ts'

const MIXED: DataSourceRef = { type: 'datasource', uid: '-- Mixed --' }

export type Panel = Builder<BuiltPanel>

/** What every panel has. */
export interface PanelText {
  readonly title: string
  /** What it shows, and what to do when it looks bad. */
  readonly description: string
  /** Of 24 columns. */
  readonly width: number
  /** In rows of 30 pixels. @default 8; 4 of a single value */
  readonly height?: number
  readonly queries: readonly Query[]
}

/** From which value on it looks bad. */
export interface Limits {
  readonly warn?: number
  readonly bad?: number
}

/** A graph over time. */
export interface GraphOptions extends PanelText, Limits {
  /** Grafana's name of the unit: `reqps`, `s`, `percentunit`. */
  readonly unit: string
  /** Columns beside the name of a series: `max`, `lastNotNull`, `sum`. @default ['max', 'lastNotNull'] */
  readonly calcs?: readonly string[]
  readonly max?: number
  /** Colours of series by their name. */
  readonly colors?: Readonly<Record<string, string>>
}

/** A single value. */
export interface ValueOptions extends PanelText, Limits {
  readonly unit: string
  /** What is shown when there is nothing. @default 'none' */
  readonly noValue?: string
}

/** How levels are coloured, here as elsewhere. */
export const LEVEL_COLORS = {
  TRACE: 'purple',
  DEBUG: 'blue',
  INFO: 'green',
  WARNING: 'yellow',
  ERROR: 'red',
  CRITICAL: 'dark-red',
} as const

/** Lines over time, with a table of their values below. */
export function graph(options: GraphOptions): TimeseriesPanel {
  const { unit, calcs = ['max', 'lastNotNull'], max, colors = {}, height = 8 } = options
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([...calcs])
  const panel = titled(new TimeseriesPanel(), { ...options, height })
    .unit(unit)
    .min(0)
    .thresholds(thresholds(options))
    .legend(legend)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Auto)
  if (max !== undefined) panel.max(max)
  for (const [name, color] of Object.entries(colors)) panel.overrideByName(name, [colored(color)])
  return panel
}

/** Stacked bars over time, for what is counted in each step. */
export function bars(options: GraphOptions): TimeseriesPanel {
  return graph({ calcs: ['sum'], ...options })
    .drawStyle(GraphDrawStyle.Bars)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
    .fillOpacity(80)
    .lineWidth(0)
}

/** A single value, coloured by its limits. */
export function value(options: ValueOptions): StatPanel {
  return titled(new StatPanel(), { ...options, height: options.height ?? 4 })
    .unit(options.unit)
    .noValue(options.noValue ?? 'none')
    .thresholds(thresholds(options))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.Auto)
}

/** Records as they are; each leads to its trace. */
export function logs(options: PanelText): LogsPanel {
  return titled(new LogsPanel(), { ...options, height: options.height ?? 10 })
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .prettifyLogMessage(false)
    .sortOrder(LogsSortOrder.Descending)
}

interface Titled<Self> {
  title(title: string): Self
  description(description: string): Self
  span(width: number): Self
  height(height: number): Self
  withTarget(target: Builder<Dataquery>): Self
  datasource(source: DataSourceRef): Self
}

/** Puts in what every panel has. */
export function titled<P extends Titled<P>>(
  panel: P,
  { title, description, width, height = 8, queries }: PanelText,
): P {
  panel.title(title).description(description).span(width).height(height).datasource(sourceOf(queries))
  for (const [index, query] of queries.entries()) panel.withTarget(query.target.refId(String.fromCodePoint(65 + index)))
  return panel
}

/** Of a panel that asks one source: that. A panel that asks several has no source of its own. */
function sourceOf(queries: readonly Query[]): DataSourceRef {
  const [source = MIXED, ...others] = queries.map(({ source: one }) => one)
  return others.every((one) => one === source) ? source : MIXED
}

/** Green, yellow from `warn`, red from `bad` on; without limits nothing is judged. */
export function thresholds({ warn, bad }: Limits): ThresholdsConfigBuilder {
  const steps = [
    { value: null, color: warn === undefined && bad === undefined ? 'text' : 'green' },
    ...(warn === undefined ? [] : [{ value: warn, color: 'yellow' }]),
    ...(bad === undefined ? [] : [{ value: bad, color: 'red' }]),
  ]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}

/** A fixed colour, as an override of a series or column. */
export function colored(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: color } }
}
