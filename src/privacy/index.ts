export { createRedactor, REDACTED, type KeyRule, type Redactor } from './redactor.ts'
