import { pino } from 'pino'
import { audit, withContext } from 'clew'

const TYPES = ['application/pdf', 'text/plain']
const log = pino({ name: 'resumes', level: 'debug' })
const uploaded = audit.defineAction<{ fileName: string; contentType: string }>('resume_upload')

/** A file that somebody brought. */
export interface Resume {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** Takes those whose type is known. */
export function takeResumes(resumes: readonly Resume[]): { readonly taken: number } {
  const good = resumes.filter(take)
  audit.bulkUpload({ total: resumes.length, succeeded: good.length, failed: resumes.length - good.length })
  for (const resume of good) withContext({ 'resume.name': resume.name }, () => read(resume))
  return { taken: good.length }
}

function take({ name, type }: Resume): boolean {
  const isKnown = TYPES.includes(type)
  uploaded({ status: isKnown ? 'SUCCESS' : 'FAILED', details: { fileName: name, contentType: type } })
  return isKnown
}

function read({ name, text }: Resume): void {
  log.info({ characters: text.length }, 'reading')
  if (text === '') console.warn('nothing in it')
  audit.textExtraction({ fileName: name, length: text.length, status: text === '' ? 'FAILED' : 'SUCCESS' })
}
