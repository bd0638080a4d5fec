import type { Message } from '../../shared/core/delivery.ts';
import type { WatchReport } from '../../shared/report.ts';
import { constantStatus, type Fleet, wasOnce } from './fleet.ts';
import type { OnMessage, Receiver } from './receivers.ts';
import type { LivingRun, Look } from './run.ts';
import { type Key, type Row, rowsOf, type Store } from './tablestore.ts';

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
  /** A run has ended by itself. `shouldBeWell`: scopes that nothing was wrong with meanwhile. */
  onReport(run: LivingRun, report: WatchReport, shouldBeWell: readonly string[]): void;
  violated(what: string): void;
  /** Is everything told, and known as it is? */
  isSettled(): boolean;
  /** All that must be true once trouble is over and several ticks have gone by. */
  checkEnd(): void;
}

/** What has happened, to know that there was something to check. */
export interface Tally {
  commits: number;
  changes: number;
  releases: number;
  holds: number;
  messages: number;
  repeats: number;
  checkpoints: number;
}

export interface Witnessed {
  readonly tables: { readonly journal: string; readonly state: string };
  readonly store: Store;
  readonly receivers: readonly Receiver[];
  /** Scope key → the fleet that it watches. */
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly moment: () => number;
  /** No run dies, and no row is lost: only receivers give a reason to repeat anything. */
  readonly isSteady: boolean;
}

interface StoredChange {
  readonly instanceId: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface StoredCommit {
  readonly seq: number;
  readonly tickId: string;
  readonly moment: number;
  readonly changes: readonly StoredChange[];
  readonly notice: { readonly kind: string; readonly last?: boolean } | undefined;
}

interface JournalTruth {
  readonly commits: StoredCommit[];
  /** Instance id → status, as the commits so far leave it. */
  readonly state: Map<string, string>;
}

/** What a channel has taken of one commit: the places of its changes, or −1 for a notice. */
type Told = Map<string, Set<number>>;

const NOTICE = -1;
const MINUTE_MS = 60_000;

export function promises(witnessed: Witnessed): Promises {
  const { tables, store, receivers, fleets, moment } = witnessed;
  const channels = receivers.map(({ name }) => name);
  /** Channels and commits of messages of whose fate their sender never heard. */
  const unheard = new Set<string>();
  /** Channel → when messages of the last minute arrived. */
  const arrivals = new Map<string, readonly number[]>();
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
  const journals = new Map<string, JournalTruth>(
    [...fleets.keys()].map((scope) => [scope, { commits: [], state: new Map() }]),
  );
  const told = new Map<string, Told>(channels.map((channel) => [channel, new Map()]));
  const cursors = new Map<string, Readonly<Record<string, { seq: number; part: number }>>>();

  /** Scope key → the checkpoint that is current, as it is stored. */
  const current = new Map<string, unknown>();

  const violated = (what: string): void => void violations.push(what);

  function journalOf(scope: string): JournalTruth {
    const journal = journals.get(scope);
    if (journal === undefined) throw new RangeError(`nobody watches ${scope}`);
    return journal;
  }

  // ------------------------------------------------------------------ what is written

  function onWrite(run: LivingRun, table: string, [scope, item]: Key, row: Row): void {
    if (table === tables.journal) onCommit(run, scope, Number(item), row);
    else if (scope === 'channels') onChannel(String(item), row);
    else if (item === 'head') onHead(scope, row);
  }

  function onCommit(run: LivingRun, scope: string, seq: number, row: Row): void {
    const { commits, state } = journalOf(scope);
    const commit: StoredCommit = {
      seq,
      tickId: String(row.get('tickId')),
      moment: moment(),
      changes: JSON.parse(String(row.get('changes'))),
      notice: row.has('notice') ? JSON.parse(String(row.get('notice'))) : undefined,
    };
    const where = `${scope}/${seq}`;
    if (seq !== commits.length + 1) {
      violated(`${where} was written when the journal ended at ${commits.length}`);
      return;
    }
    checkAge(run, scope, commit);
    const look = run.looks.get(scope);
    for (const change of commit.changes) {
      if ((state.get(change.instanceId) ?? null) !== change.from) {
        violated(
          `${where} moves ${change.instanceId} from ${change.from}, but it was ${state.get(change.instanceId)}`,
        );
      }
      if (change.to === null) state.delete(change.instanceId);
      else state.set(change.instanceId, change.to);
      checkTruth(where, scope, change, look);
    }
    commits.push(commit);
    tally.commits += 1;
    tally.changes += commit.changes.length;
    tally.releases += commit.changes.filter(({ to }) => to === null).length;
    if (commit.notice?.kind === 'suspicious-scan') tally.holds += 1;
    checkNotices(where, commits);
  }

  /** What a run saw is only compared with what was known before it looked. */
  function checkAge(run: LivingRun, scope: string, { seq, tickId }: StoredCommit): void {
    const before = journalOf(scope).commits.findLast((commit) => commit.tickId !== tickId);
    const look = run.looks.get(scope);
    if (before !== undefined && look !== undefined && before.moment > look.first) {
      violated(`${scope}/${seq} was seen before ${scope}/${before.seq} was written`);
    }
  }

  function checkTruth(
    where: string,
    scope: string,
    { instanceId, to }: StoredChange,
    look: Look | undefined,
  ): void {
    const life = fleets.get(scope)?.life(instanceId);
    if (life === undefined) violated(`${where} tells of ${instanceId}, which never was`);
    else if (look === undefined || !wasOnce(life, to, look.first, look.last)) {
      violated(`${where} says that ${instanceId} is ${to ?? 'released'}, but it was not`);
    }
  }

  /** Failing and recovered take turns, and so do a hold and its end: people are told once. */
  function checkNotices(where: string, commits: readonly StoredCommit[]): void {
    const kind = commits.at(-1)?.notice?.kind;
    const earlier = commits.slice(0, -1);
    if (kind === 'scans-failing' || kind === 'scans-recovered') {
      const before = earlier.findLast(({ notice }) => notice?.kind.startsWith('scans-') === true);
      const expected = kind === 'scans-failing' ? 'scans-recovered' : 'scans-failing';
      const isFirst = before === undefined && kind === 'scans-failing';
      if (!isFirst && before?.notice?.kind !== expected)
        violated(`${where} says ${kind} once more`);
    }
    if (kind === 'suspicious-scan') {
      const before = earlier.findLast(
        ({ notice, changes }) =>
          notice?.kind.startsWith('suspici') === true || changes.some(({ to }) => to === null),
      );
      if (before?.notice?.kind === kind) violated(`${where} says ${kind} once more`);
    }
  }

  function onChannel(name: string, row: Row): void {
    const { cursor } = JSON.parse(String(row.get('state')));
    const before = cursors.get(name) ?? {};
    for (const [scope, place] of Object.entries(before)) {
      const after = cursor[scope];
      const wentBack =
        after === undefined ||
        after.seq < place.seq ||
        (after.seq === place.seq && after.part < place.part);
      if (wentBack) violated(`the cursor of ${name} in ${scope} went back from ${place.seq}`);
    }
    cursors.set(name, cursor);
  }

  /** A checkpoint that is current can be read whole. */
  function onHead(scope: string, row: Row): void {
    const stored = row.get('checkpoint');
    if (stored === undefined) return;
    const { seq, parts, writer } = JSON.parse(String(stored));
    if (stored === current.get(scope)) return;
    current.set(scope, stored);
    const own = [...rowsOf(store, tables.state, scope).keys()].filter((item) =>
      String(item).startsWith(`part/${String(seq).padStart(16, '0')}/${writer}/`),
    );
    if (own.length !== parts)
      violated(`checkpoint ${scope}/${seq} has ${own.length} of ${parts} parts`);
    if (seq > journalOf(scope).commits.length)
      violated(`checkpoint ${scope}/${seq} is of the future`);
    tally.checkpoints += 1;
  }

  // ------------------------------------------------------------------ what is told

  const onMessage: OnMessage = (run, channel, message, { accepted, isHeard }) => {
    const what = `${channel} by ${run.tickId}`;
    const cursor = cursors.get(channel) ?? {};
    for (const { scope, seq } of message.commits) {
      const place = cursor[scope];
      if (place === undefined)
        violated(`${what}: ${scope} was told before the channel had a place`);
      else if (seq <= place.seq) violated(`${what}: ${scope}/${seq} was sent though delivered`);
    }
    if (witnessed.isSteady) {
      checkReason(what, channel, message);
      checkRate(what, channel, run.time.now());
    }
    if (!isHeard) {
      for (const { scope, seq } of message.commits) unheard.add(`${channel} ${scope}/${seq}`);
    }
    if (accepted) take(what, channel, message);
  };

  /** Only what was sent before, and never heard of, is called a possible repeat. */
  function checkReason(what: string, channel: string, { isRepeat, commits }: Message): void {
    const isExpected = commits.some(({ scope, seq }) => unheard.has(`${channel} ${scope}/${seq}`));
    if (isRepeat && !isExpected) violated(`${what}: a repeat without a reason`);
  }

  /** A receiver that counts is never sent more than it allows, whichever run sends. */
  function checkRate(what: string, channel: string, nowMs: number): void {
    const { name, messagesPerMinute } = receiverOf(channel);
    const recent = (arrivals.get(name) ?? []).filter((atMs) => atMs > nowMs - MINUTE_MS);
    arrivals.set(name, [...recent, nowMs]);
    if (recent.length >= messagesPerMinute)
      violated(`${what}: more messages than a minute may see`);
  }

  function receiverOf(channel: string): Receiver {
    const receiver = witnessed.receivers.find(({ name }) => name === channel);
    if (receiver === undefined) throw new RangeError(`there is no channel ${channel}`);
    return receiver;
  }

  function take(what: string, channel: string, message: Message): void {
    tally.messages += 1;
    if (message.isRepeat) tally.repeats += 1;
    const known = told.get(channel) ?? new Map<string, Set<number>>();
    for (const commit of message.commits) {
      const id = `${commit.scope}/${commit.seq}`;
      const stored = journalOf(commit.scope).commits[commit.seq - 1];
      const first = message.part.firstChange;
      const places =
        commit.notice === undefined ? commit.changes.map((_, index) => first + index) : [NOTICE];
      for (const [index, { instanceId, from, to }] of commit.changes.entries()) {
        const original = stored?.changes[first + index];
        if (original?.instanceId !== instanceId || original.from !== from || original.to !== to) {
          violated(`${what}: ${id} was told otherwise than it is stored`);
        }
      }
      const before = known.get(id) ?? new Set<number>();
      if (!message.isRepeat && places.some((place) => before.has(place))) {
        violated(`${what}: ${id} came twice without a label`);
      }
      known.set(id, new Set([...before, ...places]));
      checkOrder(what, channel, commit.scope, commit.seq);
    }
  }

  /** Whatever lies before a commit has been told before it. */
  function checkOrder(what: string, channel: string, scope: string, seq: number): void {
    for (const earlier of journalOf(scope)
      .commits.slice(0, seq - 1)
      .reverse()) {
      if (!isNews(earlier)) continue;
      if (!isTold(channel, scope, earlier))
        violated(`${what}: ${scope}/${seq} came before ${scope}/${earlier.seq}`);
      // What lies before that one was checked when it came.
      return;
    }
  }

  function isTold(channel: string, scope: string, { seq, changes, notice }: StoredCommit): boolean {
    const places = told.get(channel)?.get(`${scope}/${seq}`);
    return places !== undefined && (notice !== undefined || places.size === changes.length);
  }

  // ------------------------------------------------------------------ what a run reports

  function onReport(run: LivingRun, report: WatchReport, shouldBeWell: readonly string[]): void {
    for (const note of report.notes) {
      if (note.includes('cannot be read')) violated(`${run.tickId}: ${note}`);
    }
    for (const { scope, ok, complete, seq, error } of report.scopes) {
      const look = run.looks.get(scope);
      if (!ok && shouldBeWell.includes(scope) && isQuiet(scope, look))
        violated(`${scope} suffered from elsewhere: ${error}`);
      const isOvertaken = report.notes.some((note) => note.startsWith(`${scope}: another tick`));
      if (complete && look !== undefined && !isOvertaken) checkSight(run, scope, seq, look);
    }
  }

  function isQuiet(scope: string, look: Look | undefined): boolean {
    return look !== undefined && fleets.get(scope)?.isQuietSince(look.first) === true;
  }

  /** After a complete look, all that stood still in front of it is known as it is. */
  function checkSight({ tickId }: LivingRun, scope: string, seq: number, look: Look): void {
    const journal = journalOf(scope);
    const fleet = fleets.get(scope);
    // Another run has written since; what was known at `seq` is looked at no more.
    if (fleet === undefined || journal.commits.length !== seq) return;
    const own = journal.commits.filter((commit) => commit.tickId === tickId);
    const changes = own.flatMap((commit) => commit.changes);
    const appeared = new Set(changes.filter(({ from }) => from === null).map(idOf));
    const released = changes.filter(({ to }) => to === null).length;
    const stale: string[] = [];
    let gone = released;
    for (const [id, status] of journal.state) {
      const life = fleet.life(id);
      if (life === undefined || appeared.has(id)) continue;
      const actual = constantStatus(life, look.first, look.last);
      if (life.states.at(-1)?.status === null) gone += 1;
      if (actual === null) stale.push(id);
      else if (actual !== undefined && actual !== status) {
        violated(`${tickId} saw ${scope} whole and left ${id} at ${status}, but it was ${actual}`);
      }
    }
    const known = journal.state.size - appeared.size + released;
    const mayBeHeld = gone >= known || (gone >= 10 && gone >= 0.3 * known);
    if (stale.length > 0 && !mayBeHeld) {
      violated(`${tickId} saw ${scope} whole and did not release ${stale}`);
    }
    if (!look.wasLiedTo && isQuiet(scope, look)) {
      const missed = fleet.listing.filter(({ id }) => !journal.state.has(id));
      if (missed.length > 0)
        violated(`${tickId} saw ${scope} whole and missed ${missed.map(({ id }) => id)}`);
    }
  }

  // ------------------------------------------------------------------ how it ends

  function loose(): string[] {
    const ends: string[] = [];
    for (const [scope, { commits, state }] of journals) {
      const listing = fleets.get(scope)?.listing ?? [];
      const differing = listing.filter(({ id, states }) => state.get(id) !== states.at(-1)?.status);
      if (differing.length > 0)
        ends.push(`${scope} does not know ${differing.map(({ id }) => id)}`);
      if (state.size > listing.length) ends.push(`${scope} still knows who is gone`);
      for (const channel of channels) {
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
    onWrite,
    onMessage,
    onReport,
    violated,
    isSettled: () => loose().length === 0,
    checkEnd: () => violations.push(...loose()),
  };
}

function idOf({ instanceId }: StoredChange): string {
  return instanceId;
}

/** All but the silent rows of a baseline. */
function isNews({ notice }: StoredCommit): boolean {
  return notice?.kind !== 'baseline' || notice.last === true;
}
