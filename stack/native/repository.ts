import { resolve } from 'node:path'

/** The root of the repository: where `collector-config.yaml` and the ignored `.cache/` lie. */
export const repositoryRoot = resolve(import.meta.dirname, '../..')
