export { readDeclarative, type DeclarativeSettings } from './declarative-settings.ts'
