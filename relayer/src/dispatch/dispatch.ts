import { followSent } from './follow.ts'
import { all, type Dispatcher } from './outcome.ts'
import { sendAccepted } from './send.ts'
import { watchIncluded } from './watch.ts'

/**
 * One round: sends what was accepted, looks after what was sent, and watches what was included until it is final. Everything is decided from the
 * database and the chain, so a round may be cut off anywhere and the next one, in another process even, carries on. Throws what could not be
 * decided, after everything else was.
 */
export async function dispatch(dispatcher: Dispatcher): Promise<void> {
  await all([followSent, sendAccepted, watchIncluded], (step) => step(dispatcher))
}
