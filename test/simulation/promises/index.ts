import type { OnMessage } from '../receivers.ts';
import type { Store } from '../tablestore.ts';
import { type OnReport, seenPromises } from './seen.ts';
import { toldPromises } from './told.ts';
import type { Tally, Witnessed } from './witnessed.ts';
import { isNews, writtenPromises } from './written.ts';

export type { Tally } from './witnessed.ts';

/**
 * The promises of the product, checked from outside: against the fleet as it really was, the rows
 * that were really written and the messages that really arrived. It reads the stored JSON for
 * itself and shares no logic with the product.
 */
export interface Promises {
  /** What was broken, in the order of time. */
  readonly violations: readonly string[];
  readonly tally: Readonly<Tally>;
  readonly onWrite: Store['onWrite'];
  readonly onMessage: OnMessage;
  readonly onReport: OnReport;
  violated(what: string): void;
  /** Is everything told, and known as it is? */
  isSettled(): boolean;
  /** All that must be true once trouble is over and several ticks have gone by. */
  checkEnd(): void;
}

export function promises(witnessed: Witnessed): Promises {
  const violations: string[] = [];
  const tally: Tally = {
    commits: 0,
    changes: 0,
    releases: 0,
    holds: 0,
    messages: 0,
    repeats: 0,
    checkpoints: 0,
  };
  const violated = (what: string): void => void violations.push(what);
  const book = { tally, violated };
  const written = writtenPromises(witnessed, book);
  const { onMessage, isTold } = toldPromises(witnessed, written, book);
  const { fleets, receivers } = witnessed;

  function loose(): string[] {
    const ends: string[] = [];
    for (const [scope, { commits, state }] of written.journals) {
      const listing = fleets.get(scope)?.listing ?? [];
      const differing = listing.filter(({ id, states }) => state.get(id) !== states.at(-1)?.status);
      if (differing.length > 0)
        ends.push(`${scope} does not know ${differing.map(({ id }) => id)}`);
      if (state.size > listing.length) ends.push(`${scope} still knows who is gone`);
      for (const { name: channel } of receivers) {
        const untold = commits.filter(
          (commit) => isNews(commit) && !isTold(channel, scope, commit),
        );
        if (untold.length > 0)
          ends.push(`${channel} was never told ${untold.map(({ seq }) => `${scope}/${seq}`)}`);
      }
    }
    return ends;
  }

  return {
    violations,
    tally,
    onWrite: written.onWrite,
    onMessage,
    onReport: seenPromises(witnessed, written, book),
    violated,
    isSettled: () => loose().length === 0,
    checkEnd: () => violations.push(...loose()),
  };
}
