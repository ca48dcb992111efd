import { quote } from './query-text.ts'

/**
 * Text that a template of Grafana's prints as it is: what begins an action is printed by one, with a brace before it, which would become part of the action. `$` too, which older versions leave alone in annotations of files, and newer ones take for the beginning of a variable.
 */
export function plainTemplate(text: string): string {
  return text.replaceAll(/\{\{+|\{?\$/g, (found) => `{{ ${quote(found)} }}`)
}
