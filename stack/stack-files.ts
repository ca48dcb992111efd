import { DEFAULT_ALERTS, grafanaAlerting, readAlerts } from '../src/alerts/index.ts'

/** The files of the stack that are made from the code, by their paths in the repository. */
export function stackFiles(): Readonly<Record<string, string>> {
  return {
    'stack/alerts.yaml': DEFAULT_ALERTS,
    'stack/grafana/provisioning/alerting/clew.yaml': grafanaAlerting(readAlerts(DEFAULT_ALERTS, 'stack/alerts.yaml')),
  }
}
