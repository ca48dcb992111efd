import { grafanaAlerting, notifyVariables, readAlerts, type Alerts } from '../alerts/index.ts'
import { insertPairs } from './edit-yaml.ts'

/** Where the user's rules are, in the folder of a stack. */
export const ALERTS_FILE = 'stack/alerts.yaml'
/** Grafana's form of them. */
export const GRAFANA_ALERTS = 'stack/grafana/provisioning/alerting/clew.yaml'

/** A file of alert rules. */
export interface AlertsText {
  /** As messages call it. */
  readonly name: string
  readonly text: string
  /** Grafana's form of the rules that were there before: Grafana has to be told what is gone. */
  readonly replaced?: string | undefined
}

/**
 * The files of the stack with these rules put in: Grafana's form of them, and the variables that Grafana needs for them.
 *
 * @throws AlertsError with all mistakes in the rules
 */
export function withAlerts(files: ReadonlyMap<string, string>, alerts: AlertsText): ReadonlyMap<string, string> {
  const read = readAlerts(alerts.text, alerts.name)
  const rendered = new Map([...files, [GRAFANA_ALERTS, alertingText(read, alerts.replaced)]])
  const variables = notifyVariables(read)
  if (variables.length === 0) return rendered
  const pairs = Object.fromEntries(
    variables.map((name) => [name, `\${${name}:?set it in .env, the alert rules name it}`]),
  )
  const change = (file: string, edit: (text: string) => string): void =>
    void rendered.set(file, edit(rendered.get(file) ?? ''))
  change('docker-compose.yml', (text) => insertPairs(text, ['services', 'grafana', 'environment'], pairs))
  change('.env.example', (text) => {
    const missing = variables.filter((name) => !new RegExp(`^#? ?${name}=`, 'm').test(text))
    return missing.length === 0 ? text : `${text}# Where alerts go (stack/alerts.yaml).\n${missing.join('=\n')}=\n`
  })
  return rendered
}

function alertingText(alerts: Alerts, replaced: string | undefined): string {
  try {
    return grafanaAlerting(alerts, replaced)
  } catch {
    // What is there is not of this form, and says nothing of the rules that Grafana has.
    return grafanaAlerting(alerts)
  }
}
