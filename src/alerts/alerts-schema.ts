import * as v from 'valibot'
import { LEVELS } from '../logging/index.ts'
import { FIELD_WORDS, SEVERITIES } from './alert-rule.ts'

const DURATION_ALLOWED = 'a time such as 90s, 5m, 1h or 7d'
const VALUES_ALLOWED = 'text that is not empty, a number (of up to 15 digits), true or false, or a list of them'
const LEVELS_ALLOWED = `one of ${LEVELS.join(', ')}, or a list of them`
const BY_ALLOWED = `a list of ${[...FIELD_WORDS, 'level'].join(', ')} and attributes.<name>`

const text = (allowed: string) => v.pipe(v.string(allowed), v.nonEmpty(allowed))
const oneOrMore = <T extends v.GenericSchema>(one: T, allowed: string) =>
  v.union([one, v.pipe(v.array(one, allowed), v.nonEmpty(allowed))], allowed)
const exactNumber = v.pipe(
  v.number(VALUES_ALLOWED),
  v.minValue(Number.MIN_SAFE_INTEGER, VALUES_ALLOWED),
  v.maxValue(Number.MAX_SAFE_INTEGER, VALUES_ALLOWED),
)
const values = (about: string) =>
  v.pipe(
    oneOrMore(v.union([text(VALUES_ALLOWED), exactNumber, v.boolean(VALUES_ALLOWED)], VALUES_ALLOWED), VALUES_ALLOWED), // prettier-ignore
    v.description(about),
  )
const duration = (about: string) =>
  v.pipe(v.string(DURATION_ALLOWED), v.regex(/^[1-9]\d{0,8}[smhd]$/, DURATION_ALLOWED), v.description(about))

const PLACES: Readonly<Record<(typeof FIELD_WORDS)[number], string>> = {
  service: 'service.name',
  namespace: 'service.namespace',
  environment: 'deployment.environment.name',
  channel: 'app or audit',
  component: 'The logger, or the scope',
  event: "The record's event name",
  user: 'user.id',
  tenant: 'clew.tenant.id',
  session: 'session.id',
  request: 'clew.request.id',
}

const match = (about: string) =>
  v.pipe(
    v.strictObject(
      {
        ...(Object.fromEntries(FIELD_WORDS.map((word) => [word, v.optional(values(PLACES[word]))])) as Record<
          (typeof FIELD_WORDS)[number],
          v.OptionalSchema<ReturnType<typeof values>, undefined>
        >),
        level: v.optional(oneOrMore(v.picklist(LEVELS, LEVELS_ALLOWED), LEVELS_ALLOWED)),
        text: v.optional(
          v.pipe(
            oneOrMore(text('a text or a list of texts'), 'a text or a list of texts'),
            v.description('A part of the message or of the stack trace, as it is'),
          ),
        ),
        attributes: v.optional(
          v.pipe(
            v.record(v.string(), values("The attribute's value"), 'attributes by name'),
            v.description('By their full names'),
          ),
        ),
      },
      `conditions on ${[...FIELD_WORDS, 'level', 'text', 'attributes'].join(', ')}`,
    ),
    v.description(about),
  )

const number = (allowed: string, about: string) => v.pipe(v.number(allowed), v.description(about))

const rule = v.strictObject(
  {
    summary: v.optional(v.pipe(text('a text'), v.description('What is wrong when it fires'))),
    advice: v.optional(v.pipe(text('a text'), v.description('What to do then'))),
    runbook: v.optional(
      v.pipe(
        v.string('an http or https URL'),
        v.regex(/^https?:\/\/[^\s]+$/, 'an http or https URL'),
        v.description('A page that says more'),
      ),
    ),
    severity: v.optional(
      v.pipe(v.picklist(SEVERITIES, SEVERITIES.join(', ')), v.description('How grave it is. Default: warning')),
    ),
    what: v.optional(
      v.pipe(
        v.picklist(['count', 'share', 'average'], 'count, share or average'),
        v.description('What is compared: a number of records, their share of others, or the average of a number'),
      ),
    ),
    where: v.optional(match('Which records (of an average of a metric: which of its series)')),
    among: v.optional(match('Of a share: what the records are a share of. Default: all records')),
    attribute: v.optional(v.pipe(text('the name of an attribute'), v.description('Of an average: the number'))),
    metric: v.optional(v.pipe(text('the name of a histogram'), v.description('Of an average: the histogram'))),
    unit: v.optional(v.pipe(text("the metric's unit"), v.description("The metric's unit: s, ms, By, 1"))),
    by: v.optional(
      v.pipe(
        oneOrMore(text(BY_ALLOWED), BY_ALLOWED),
        v.description('Each group is judged by itself: service, user, attributes.http.route …'),
      ),
    ),
    above: v.optional(
      v.pipe(
        v.union([v.number('a number'), v.string('a number')], 'a number; for a share a text such as 5%'),
        v.description('Fires when it is more: a number, or for a share a text such as 5%'),
      ),
    ),
    within: v.optional(duration('The time that is looked at')),
    atLeast: v.optional(
      number('a whole number, 1 or more', 'With fewer records (or measurements) it does not fire. Default: 1'),
    ),
    for: v.optional(duration('How long it has to hold before it fires. Default: at once')),
  },
  'a rule',
)

const VARIABLE_ALLOWED = 'a variable such as ${ALERT_URL}: the URL is a secret, and no part of this file'
const variable = (about: string) =>
  v.pipe(v.string(VARIABLE_ALLOWED), v.regex(/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/, VARIABLE_ALLOWED), v.description(about))
const EMAIL_ALLOWED = 'an e-mail address, or a list of them'
const email = v.pipe(v.string(EMAIL_ALLOWED), v.regex(/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/, EMAIL_ALLOWED))

/** The shape of a file of rules. What depends on several keys of a rule is looked at by `ruleMistakes`. */
export const ALERTS = v.strictObject(
  {
    rules: v.optional(
      v.pipe(
        v.record(v.string(), rule, 'rules by name'),
        v.description('By name: lower case letters, digits and hyphens'),
      ),
    ),
    notify: v.optional(
      v.pipe(
        v.strictObject(
          {
            webhook: v.optional(variable('The variable with a URL that gets a POST')),
            slack: v.optional(variable("The variable with the URL of Slack's incoming webhook")),
            email: v.optional(v.pipe(oneOrMore(email, EMAIL_ALLOWED), v.description('Who gets an e-mail'))),
          },
          'webhook, slack and email',
        ),
        v.description('Who is told. Default: nobody'),
      ),
    ),
  },
  'an object with rules',
)

/** A file of rules as it is written, in `camelCase`. */
export type WrittenAlerts = v.InferOutput<typeof ALERTS>
export type WrittenRule = v.InferOutput<typeof rule>
export type WrittenMatch = NonNullable<WrittenRule['where']>
