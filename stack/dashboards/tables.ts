import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table'
import { linked, type ValueLink } from './links.ts'
import { titled, type PanelText } from './panels.ts'

/** A column of a table. */
export interface Column {
  /** The label of the series or the field of the record; `Value #A` is what query A found, `Line` a record's text. */
  readonly from: string
  readonly title: string
  /** Grafana's name of the unit, for numbers. */
  readonly unit?: string
  /** In pixels. */
  readonly width?: number
  readonly link?: ValueLink
}

/** A table with these columns, in this order. */
export interface TableOptions extends PanelText {
  readonly columns: readonly Column[]
  /** The title of the column whose highest values come first. */
  readonly sortBy?: string
}

/** A row for each series; what several queries found of the same labels is one row. */
export function seriesTable(options: TableOptions): TablePanel {
  return table(options, [{ id: 'merge', options: {} }])
}

/** A row for each record, with fields of it as columns. */
export function recordTable(options: TableOptions): TablePanel {
  return table(options, [{ id: 'extractFields', options: { source: 'labels', format: 'json' } }])
}

/** Traces as the query finds them: the data source brings columns and links. */
export function traceTable(options: PanelText): TablePanel {
  return titled(new TablePanel(), options).unit('short')
}

function table(options: TableOptions, prepare: readonly DataTransformerConfig[]): TablePanel {
  const { columns, sortBy } = options
  const panel = titled(new TablePanel(), options).unit('short').filterable(true)
  for (const step of prepare) panel.withTransformation(step)
  panel.withTransformation({
    id: 'filterFieldsByName',
    options: { include: { names: columns.map(({ from }) => from) } },
  })
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(columns.map(({ from }, index) => [from, index])),
      renameByName: Object.fromEntries(columns.map(({ from, title }) => [from, title])),
    },
  })
  for (const column of columns) {
    const properties = propertiesOf(column)
    if (properties.length > 0) panel.overrideByName(column.title, properties)
  }
  if (sortBy !== undefined) panel.sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
  return panel
}

function propertiesOf({ unit, width, link }: Column): DynamicConfigValue[] {
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(link === undefined ? [] : [linked(link)]),
  ]
}
