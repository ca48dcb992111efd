/** The rules that hold where nobody wrote others: the text of `alerts.yaml`, as `clew stack` writes it. */
export const DEFAULT_ALERTS = `# When to raise an alarm: docs/alerts.md tells what can be said here. This file is all there is: a rule that is not in it does not hold.

rules:
  error-rate:
    summary: More than 5 % of what a service says are errors
    advice: Look at the errors of the last hour by component and event; what was deployed or changed before they began?
    severity: warning
    what: share
    where: { level: [ERROR, CRITICAL] }
    by: service
    above: 5%
    at_least: 20
    within: 1h

  slow-responses:
    summary: A service takes more than 2 s to answer on average
    advice: Open a slow trace of the service, and look where its time goes - the database, Redis, or a service that it calls.
    severity: warning
    what: average
    metric: http.server.request.duration
    unit: s
    by: service
    above: 2
    within: 5m

  failed-logins:
    summary: More than 10 logins of one user failed
    advice: Is it the user, or somebody who tries passwords? Look at the addresses they come from; block those, or lock the account.
    severity: warning
    what: count
    where: { channel: audit, event: LOGIN_FAILED, user: '*' }
    by: [tenant, user]
    above: 10
    within: 15m

  critical:
    summary: Something critical happened
    advice: Read the record and its trace now; CRITICAL means that the service, or a part of it, does not work.
    severity: critical
    what: count
    where: { level: CRITICAL }
    by: service
    above: 0
    within: 5m

# Who is told. Each URL comes from an environment variable, since it is a secret.
# notify:
#   webhook: \${ALERT_WEBHOOK_URL}
#   slack: \${ALERT_SLACK_URL}
#   email: [operations@example.com]
`
