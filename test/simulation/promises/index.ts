import type { OnMessage } from '../receivers.ts';
import type { Store } from '../tablestore.ts';
import { addressPromises } from './corrected.ts';
import { type DeliveryPromises, deliveryPromises } from './delivered.ts';
import { storePromises } from './informed.ts';
import { pacePromises } from './paced.ts';
import { reportPromises } from './reported.ts';
import { type OnReport, scanPromises } from './scanned.ts';
import { spoilPromises } from './spoiled.ts';
import type { Tally, Truth } from './truth.ts';
import { isNews, rowPromises, type StoredCommit } from './written.ts';

export { type FunctionPast, isWithoutJournal, newPast } from './informed.ts';
export type { Circumstances } from './scanned.ts';
export { type Harm, harmOf } from './spoiled.ts';
export type { Tally } from './truth.ts';

/**
 * The promises of the product, checked from outside: against the true fleet, the rows that were
 * really written and the messages that really arrived. This code parses the stored JSON itself and
 * shares no logic with the product.
 */
export interface Promises {
  /** The broken promises, in the order of time. */
  readonly violations: readonly string[];
  readonly tally: Readonly<Tally>;
  readonly onWrite: Store['onWrite'];
  readonly onMessage: OnMessage;
  readonly onOutcome: DeliveryPromises['onOutcome'];
  readonly onReport: OnReport;
  /** Called with the scope of each request to ECS. */
  onCall(scope: string): void;
  violated(what: string): void;
  /** Is every commit delivered, and the true state of every instance known? */
  isSettled(): boolean;
  /** Checks what must be true several ticks after the last fault. */
  checkEnd(): void;
}

export function promises(truth: Truth): Promises {
  const violations: string[] = [];
  const tally: Tally = {
    commits: 0,
    changes: 0,
    releases: 0,
    falseReleases: 0,
    returns: 0,
    holds: 0,
    renamed: 0,
    messages: 0,
    repeats: 0,
    checkpoints: 0,
    kept: 0,
    lastResorts: 0,
    routed: 0,
    muted: 0,
    stoodIn: 0,
    reports: 0,
    reminders: 0,
    notes: 0,
    spoils: 0,
    pushed: 0,
  };
  const violated = (what: string): void => void violations.push(what);
  const results = { tally, violated };
  const written = rowPromises(truth, results);
  const informed = storePromises(truth, written, results);
  const delivered = deliveryPromises(truth, written, informed.onLastResort, results);
  const { onMessage, onOutcome, isDelivered, isOwed, isUrgent, stillFlapping } = delivered;
  const pace = pacePromises(truth, results);
  const spoiled = spoilPromises(truth, results);
  const reported = reportPromises(truth, written, results);
  const checkAddresses = addressPromises(truth, backlogOf, results);
  const checkScans = scanPromises(truth, written, results);
  const { fleets, receivers } = truth;

  function openEnds(): string[] {
    const ends: string[] = [];
    for (const [scope, { commits, state, names }] of written.journals) {
      const listing = fleets.get(scope)?.listing ?? [];
      const renamed = listing.filter(({ id, name }) => names.get(id) !== name);
      if (renamed.length > 0)
        ends.push(`${scope} does not know the names of ${renamed.map(({ id }) => id)}`);
      const differing = listing.filter(({ id, states }) => state.get(id) !== states.at(-1)?.status);
      if (differing.length > 0)
        ends.push(`${scope} does not know ${differing.map(({ id }) => id)}`);
      if (state.size > listing.length) ends.push(`${scope} still knows released instances`);
      for (const { name: channel } of receivers) {
        const undelivered = undeliveredIn(scope, commits, channel);
        if (undelivered.length > 0)
          ends.push(`${channel} never got ${undelivered.map(({ seq }) => `${scope}/${seq}`)}`);
      }
    }
    for (const { name: channel } of receivers) {
      const { commits } = written.journalOf('watcher');
      const last = commits.findLast(
        ({ notice }) => notice?.channel === channel && notice?.kind.startsWith('channel-') === true,
      );
      if (last?.notice?.kind === 'channel-failing' && isTried(channel, last.writtenAtMs))
        ends.push(`nothing says that ${channel} works again`);
    }
    return [
      ...ends,
      ...written.noteEnds(),
      ...stillFlapping(),
      ...informed.openEnds(),
      ...spoiled.openEnds(),
    ];
  }

  /** Routes may leave nothing for a channel that has failed, so that it is not tried any more. */
  function isTried(channel: string, sinceMs: number): boolean {
    return [...written.journals].some(([scope, { commits }]) =>
      commits.some(
        (commit) =>
          commit.writtenAtMs > sinceMs && isNews(commit, channel) && isOwed(channel, scope, commit),
      ),
    );
  }

  function undeliveredIn(
    scope: string,
    commits: readonly StoredCommit[],
    channel: string,
  ): readonly StoredCommit[] {
    return commits.filter(
      (commit) => isNews(commit, channel) && !isDelivered(channel, scope, commit),
    );
  }

  function backlogOf(channel: string): number {
    return [...written.journals].reduce(
      (sum, [scope, { commits }]) =>
        sum +
        undeliveredIn(scope, commits, channel).filter((commit) => isUrgent(channel, scope, commit))
          .length,
      0,
    );
  }

  return {
    violations,
    tally,
    onWrite: (...write) => {
      written.onWrite(...write);
      informed.onWrite(...write);
      const [run, table, [scope, item]] = write;
      if (table === truth.tables.state && scope === 'channels')
        delivered.onChannel(run, String(item));
    },
    onMessage,
    onOutcome,
    onReport: (...end) => {
      checkScans(...end);
      checkAddresses(...end);
      informed.onReport(...end);
      delivered.onReport(...end);
      const [run, report, during] = end;
      spoiled.onReport(run.tickId, report, during);
      reported.onReport(run, report.ok);
    },
    onCall: pace.onCall,
    violated,
    isSettled: () => openEnds().length === 0,
    checkEnd: () => {
      violations.push(...openEnds());
      pace.checkEnd();
      reported.checkEnd();
      tally.spoils = truth.spoils().all.length;
    },
  };
}
