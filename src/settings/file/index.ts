/** Files of settings of other parts of clew, read as `config.yaml` is; loads the parser of YAML. */
export { readDocument, type DocumentReading, type NamedText } from './read-document.ts'
