import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePorts } from './free-ports.ts'
import { repositoryRoot } from './repository.ts'
import { startServer, type ServerProcess } from './server-process.ts'

/** A real Prometheus that runs with the repository's own `stack/prometheus/prometheus.yaml`, on 127.0.0.1. */
export interface Prometheus extends ServerProcess {
  readonly url: string
  readonly port: number
}

/** How to start one. */
export interface PrometheusOptions {
  readonly program: string
  /** Where its data goes; kept when it stops. */
  readonly dataDir: string
  /** In place of the compose file's `host:port`: for each job of the configuration but its own, where it is fetched. */
  readonly targets: Readonly<Record<string, string>>
  /** How often it fetches. @default what the configuration says */
  readonly scrapeSeconds?: number | undefined
  /** @default a free one */
  readonly port?: number | undefined
}

/** Starts it and resolves when it answers. The caller stops it. @throws with what it printed when it does not get that far */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { program, dataDir } = options
  const [free = 0] = await freePorts(1)
  const port = options.port ?? free
  const url = `http://127.0.0.1:${port}`
  const config = join(dataDir, 'prometheus.yaml')
  writeFileSync(config, stringify(nativeConfig(options, port)))
  const server = await startServer({
    name: 'Prometheus',
    program,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dataDir, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    cwd: dataDir,
    env: {},
    readyUrl: `${url}/-/ready`,
  })
  return { ...server, url, port }
}

/** The committed configuration with other addresses: Prometheus puts no variables into it. */
function nativeConfig({ targets, scrapeSeconds }: PrometheusOptions, port: number): PrometheusConfig {
  const file = join(repositoryRoot, 'stack/prometheus/prometheus.yaml')
  const config = parse(readFileSync(file, 'utf8')) as PrometheusConfig
  if (scrapeSeconds !== undefined) config.global.scrape_interval = `${scrapeSeconds}s`
  for (const job of config.scrape_configs) {
    const target = job.job_name === 'prometheus' ? `127.0.0.1:${port}` : targets[job.job_name]
    if (target === undefined) throw new Error(`no address is given for the job '${job.job_name}' of ${file}`)
    job.static_configs = [{ targets: [target] }]
  }
  return config
}

interface PrometheusConfig {
  readonly global: { scrape_interval: string }
  readonly scrape_configs: { readonly job_name: string; static_configs: { targets: string[] }[] }[]
}
