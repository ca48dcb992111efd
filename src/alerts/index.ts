export {
  type AlertReceivers,
  type AlertRule,
  type Alerts,
  type AlertSeverity,
  type AverageRule,
  type CountRule,
  type FieldWord,
  type GroupKey,
  type RecordMatch,
  type ShareRule,
} from './alert-rule.ts'
export { ALERTS } from './alerts-schema.ts'
export { grafanaAlerting, notifyVariables } from './grafana-alerting.ts'
export { grafanaRule, type GrafanaRule } from './grafana-rule.ts'
export { logqlOf } from './logql.ts'
export { patternPieces, type PatternPiece } from './pattern.ts'
export { promqlOf } from './promql.ts'
export { AlertsError, readAlerts } from './read-alerts.ts'
