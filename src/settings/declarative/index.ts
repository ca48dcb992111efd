export { readDeclarative, type DeclarativeMistakes, type DeclarativeSettings } from './declarative-settings.ts'
