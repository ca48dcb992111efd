import { parse, stringify } from 'yaml'
import type { AlertReceivers, Alerts } from './alert-rule.ts'
import { grafanaRule, grafanaUid } from './grafana-rule.ts'

const HEAD = `# Alert rules for Grafana, made from the file of alert rules (docs/alerts.md): change that one, not this.
# Grafana reads it at its start. No secret is in it: a URL is put in from Grafana's own environment.
`
const RECEIVER = 'clew'

interface Provisioned {
  readonly groups?: readonly { readonly rules?: readonly { readonly uid: string }[] }[]
  readonly deleteRules?: readonly { readonly uid: string }[]
  readonly contactPoints?: readonly { readonly receivers?: readonly { readonly uid: string }[] }[]
  readonly deleteContactPoints?: readonly { readonly uid: string }[]
}

/**
 * The file of `provisioning/alerting` in which Grafana finds these rules, and who is told.
 * @param replaced the file that was there before: Grafana keeps what is no longer in a file, so what is gone is named as deleted
 */
export function grafanaAlerting({ rules, notify }: Alerts, replaced?: string): string {
  const receivers = receiversOf(notify)
  const receiver = receivers.length === 0 ? undefined : RECEIVER
  const before = (replaced === undefined ? null : (parse(replaced) as Provisioned | null)) ?? {}
  const deletedRules = gone(
    [...(before.groups ?? []).flatMap((group) => group.rules ?? []), ...(before.deleteRules ?? [])],
    rules.map(({ name }) => grafanaUid(name)),
  )
  const deletedReceivers = gone(
    [...(before.contactPoints ?? []).flatMap((point) => point.receivers ?? []), ...(before.deleteContactPoints ?? [])],
    receivers.map(({ uid }) => uid),
  )
  const file = {
    apiVersion: 1,
    ...(rules.length === 0 ? undefined : { groups: [{ orgId: 1, name: 'clew', folder: 'clew', interval: '1m', rules: rules.map((rule) => grafanaRule(rule, receiver)) }] }), // prettier-ignore
    ...(deletedRules.length === 0 ? undefined : { deleteRules: deletedRules }),
    ...(receiver === undefined ? undefined : { contactPoints: [{ orgId: 1, name: receiver, receivers }] }),
    ...(deletedReceivers.length === 0 ? undefined : { deleteContactPoints: deletedReceivers }),
  }
  return HEAD + stringify(file, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** The variables that Grafana's environment must have: without one, Grafana does not start, since the contact point would be wrong. */
export function notifyVariables({ notify: { webhookVariable, slackVariable } }: Alerts): string[] {
  return [webhookVariable, slackVariable].filter((name) => name !== undefined)
}

function gone(before: readonly { readonly uid: string }[], now: readonly string[]): { orgId: 1; uid: string }[] {
  const uids = new Set(before.map(({ uid }) => uid))
  return [...uids].filter((uid) => !now.includes(uid)).map((uid) => ({ orgId: 1, uid }))
}

interface GrafanaReceiver {
  readonly uid: string
  readonly type: 'webhook' | 'slack' | 'email'
  readonly settings: Readonly<Record<string, string>>
}

function receiversOf({ webhookVariable, slackVariable, emails }: AlertReceivers): GrafanaReceiver[] {
  const uid = (type: string): string => `${RECEIVER}-${type}`
  const receivers: GrafanaReceiver[] = []
  if (webhookVariable !== undefined)
    receivers.push({ uid: uid('webhook'), type: 'webhook', settings: { url: `\${${webhookVariable}}` } })
  if (slackVariable !== undefined)
    receivers.push({ uid: uid('slack'), type: 'slack', settings: { url: `\${${slackVariable}}` } })
  if (emails.length > 0) receivers.push({ uid: uid('email'), type: 'email', settings: { addresses: emails.join(';') } })
  return receivers
}
