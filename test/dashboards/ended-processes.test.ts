import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { findProgram } from '../../stack/native/find-program.ts'
import { increase, ofProcess } from '../../stack/dashboards/selectors.ts'
import { interpolate, type Chosen } from './support/interpolate.ts'

const promtool = findProgram('promtool')
const any: Chosen = { values: [], isMulti: true, all: '.+' }
const filled = (query: string): string =>
  interpolate(query, 'prometheus', { service: any, environment: any, instance: any }, { __range: '60m' })

const info = (labels: string): string => `target_info{job="shop", deployment_environment_name="production", ${labels}}`
// Each minute for an hour. Process a ended half an hour ago; b has two resources.
const SERIES = [
  { series: 'requests_total{job="shop", instance="a"}', values: '0+1x30 stale' },
  { series: info('instance="a"'), values: '1x30 stale' },
  { series: 'requests_total{job="shop", instance="b"}', values: '0+2x60' },
  { series: info('instance="b", host_name="one", process_pid="1"'), values: '1x60' },
  { series: info('instance="b", host_name="one", process_pid="1", service_version="2"'), values: '1x60' },
]

/** Asks Prometheus' own program: it answers with a mistake unless these are the answers, an hour after the beginning. */
function answers(tests: readonly { readonly expr: string; readonly exp_samples: readonly object[] }[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'clew-promql-'))
  const file = join(folder, 'test.yaml')
  const asked = tests.map((one) => ({ ...one, expr: filled(one.expr), eval_time: '60m' }))
  writeFileSync(file, stringify({ tests: [{ interval: '1m', input_series: SERIES, promql_expr_test: asked }] }))
  const { stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', file], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return `${stdout}${stderr}`
}

test.skipIf(promtool === undefined)('an increase has the processes that ended within it', () => {
  const total = `round(sum by (instance) (${increase('requests_total')}))`
  const samples = [
    { labels: '{instance="a"}', value: 31 },
    { labels: '{instance="b"}', value: 120 },
  ]
  expect(answers([{ expr: total, exp_samples: samples }])).toContain('SUCCESS')
  expect(answers([{ expr: total, exp_samples: samples.slice(1) }])).toContain('FAILED')
})

test.skipIf(promtool === undefined)('a process with two resources is shown once', () => {
  const labels = '{job="shop", instance="b", host_name="one", process_pid="1"}'
  const samples = [{ labels, value: 120 }]
  expect(answers([{ expr: ofProcess('requests_total'), exp_samples: samples }])).toContain('SUCCESS')
})
