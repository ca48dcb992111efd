/** Keeps the process alive until the answer or the deadline; false at the deadline. */
export function withDeadline(answer: Promise<boolean>, timeoutMillis: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMillis)
    void answer.then((empty) => {
      clearTimeout(timer)
      resolve(empty)
    })
  })
}
