import { getLogger } from 'clew'

const log = getLogger('calendar')

/** The calendar of the organisation: a service of somebody else. */
export interface Calendar {
  invite(interview: string, at: string): Promise<void>
}

/** @param token goes along with each call */
export function createCalendar(url: string, token: string): Calendar {
  return {
    async invite(interview, at) {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${url}/invitations`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ interview, at }),
      })
      // A careless line: what was sent, as text.
      if (!answer.ok) log.warning(`not invited: ${JSON.stringify(headers)}`, { status: answer.status })
    },
  }
}
