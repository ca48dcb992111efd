/** Characters of a header's name, and those that its value must not have. @see https://www.rfc-editor.org/rfc/rfc9110#section-5 */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/

/** Whether a header can be sent like this: no control characters, no line feeds. */
export function isHeader(name: string, value: string): boolean {
  return NAME.test(name) && !NOT_IN_VALUES.test(value)
}
