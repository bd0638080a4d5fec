import { commitsAfter, fold } from '../core/journal.ts';
import type { Snapshot } from '../core/model.ts';
import { deliver } from '../delivery/deliver.ts';
import { openedJournal, registerChannels } from '../delivery/register.ts';
import type { ChannelReport } from '../delivery/report.ts';
import type { JournalEnd } from '../delivery/run.ts';
import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { askByIds } from './ask-by-id.ts';
import { type Budget, openBudget } from './budget.ts';
import { changedDetails, detailsRoundAt, withNewest } from './core/details-round.ts';
import { diff } from './core/diff.ts';
import type { AskedScope } from './core/push-events.ts';
import { whyLeftToPolling } from './core/push-share.ts';
import { enrich } from './enrich.ts';
import { type Fleet, pacedFleet } from './fleet.ts';
import { type Loaded, loadCold } from './load.ts';
import type { Memory } from './memory.ts';
import { credible } from './open.ts';
import { createPacer } from './pacer.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';

/** One run that events have started: which instances they name, and what it may use. */
export interface PushRun {
  readonly tickId: string;
  readonly asked: readonly AskedScope[];
  /** Requests to ECS a minute that this function instance sends for events, a region of an account. */
  readonly callsPerMinute: number;
  readonly startMs: number;
  readonly deadlineMs: number;
  readonly memory: Memory;
}

/** What became of the events: what the function returns and logs. */
export interface PushReport {
  readonly tickId: string;
  readonly ms: number;
  readonly scopes: readonly PushedScope[];
  readonly channels: readonly ChannelReport[];
  readonly units: { readonly read: number; readonly write: number };
}

export interface PushedScope {
  readonly scope: string;
  /** The instances that events have named, and those of them that ECS was asked for and has shown. */
  readonly named: number;
  readonly shown: number;
  readonly changes: number;
  readonly calls: number;
  /** Why not all that events have named is recorded; polling finds the rest. */
  readonly notes: readonly string[];
}

/** ECS is asked for so long. Polling finds what takes longer. */
const MAX_ASKING_MS = 4_000;

/**
 * Asks ECS at once for the instances that events name, commits what ECS answers, and delivers it.
 * Events are no more than hints. Polling stays the truth: this run takes no lease, saves no health, and
 * releases nothing; whichever of the two commits first has the place in the journal, and the other's
 * answers are dropped.
 */
export async function push(ports: Ports, run: PushRun): Promise<PushReport> {
  const { runtime, journal } = ports;
  const budgetOf = budgetsOf(ports, run);
  const seen = await Promise.all(
    run.asked.map((asked) => lookAt(ports, run, asked, budgetOf(asked)).catch(failedIn(asked))),
  );
  const news = seen.filter((one): one is News => one.kind === 'news');
  // A channel that is registered after a commit would not be sent the commit.
  const registration = await registerChannels(
    ports,
    run,
    news.map(({ asked: { scope }, loaded: { lastSeq, head } }) =>
      openedJournal(scope, lastSeq, head),
    ),
  );
  const recorded = await Promise.all(
    seen.map(async (one) => {
      if (one.kind !== 'news') return one;
      const { key } = one.asked.scope;
      const failure = registration.failures.get(key);
      if (failure !== undefined) return failedIn(one.asked)(failure);
      const starts = registration.starts.get(key) ?? {};
      return recordNews(ports, run, one, starts).catch(failedIn(one.asked));
    }),
  );
  const ends = recorded.flatMap(({ end }) => (end === undefined ? [] : [end]));
  const channels =
    ends.length === 0
      ? []
      : await Promise.all(ports.channels.map((channel) => deliver(ports, run, channel, ends)));
  return {
    tickId: run.tickId,
    ms: runtime.now() - run.startMs,
    scopes: recorded.map(({ report }) => report),
    channels,
    units: { ...journal.units },
  };
}

/** Nothing is to be recorded, or it was; `end`: there is something to deliver. */
interface Done {
  readonly kind: 'done';
  readonly report: PushedScope;
  readonly end?: JournalEnd;
}

/** ECS shows what the journal does not say yet. */
interface News {
  readonly kind: 'news';
  readonly asked: AskedScope;
  readonly loaded: Loaded;
  readonly before: Snapshot;
  readonly commits: ReturnType<typeof commitsAfter>;
  readonly report: PushedScope;
}

/** Finds the end of the scope's journal, and only then asks ECS, as a tick does. */
async function lookAt(
  ports: Ports,
  run: PushRun,
  asked: AskedScope,
  budget: Budget,
): Promise<Done | News> {
  const { journal, inventory, runtime } = ports;
  const { scope, instanceIds } = asked;
  const nowMs = runtime.now();
  const affordable = instanceIds.slice(0, budget.spare(nowMs, 0, nowMs) * PAGE_SIZE);
  const done = (...notes: string[]): Done => ({ kind: 'done', report: reportOf(asked, { notes }) });
  // A storm ends here, before anything is read.
  if (affordable.length === 0) return done(leftToPolling(instanceIds.length));
  const loaded = credible(await loadCold(journal, scope), nowMs);
  const { health } = loaded.head;
  const why = whyLeftToPolling(health, loaded.lastSeq);
  if (why !== null) return done(`left to polling: ${why}`);

  const deadlineMs = Math.min(run.deadlineMs, nowMs + MAX_ASKING_MS);
  // ECS leaves out what is not in the zone or the cluster only where a scope is a list of ids.
  const narrowed = { ...scope, instanceIds: affordable };
  const fleet = pacedFleet(inventory, narrowed, createPacer({ budget, deadlineMs }, runtime));
  const [{ snapshot: before, damage }, answers] = await allOf([
    loaded.loadSnapshot(),
    askFor(fleet, affordable),
  ]);
  const notes = [...answers.notes];
  const left = instanceIds.length - affordable.length;
  if (left > 0) notes.push(leftToPolling(left));
  const { statuses } = answers;
  const reported = { shown: statuses.size, calls: fleet.calls };
  if (damage !== null || !before.baselined) {
    notes.push('left to polling: what is known of the scope is not whole');
    return { kind: 'done', report: reportOf(asked, { ...reported, notes }) };
  }
  const unseen = affordable.length - statuses.size;
  if (unseen > 0)
    notes.push(`${unseen} not shown by ECS: whether they are released, polling decides`);

  const round = detailsRoundAt(health, loaded.lastSeq, nowMs);
  const { changes } = diff(withNewest(before, round.uncommitted), statuses);
  const endMs = runtime.now();
  // The names of known instances are known; calls are worth more than the newest ones.
  const added = await enrich(
    fleet,
    changes.filter(({ from }) => from === null),
  );
  const commits = commitsAfter(before, {
    scope: scope.key,
    endMs,
    previousAtMs: health.lastGoodStartMs,
    tickId: run.tickId,
    pages: 'missing',
    since: null,
    isDiscovered: scope.isDiscovered === true,
    details: changedDetails(before, round.uncommitted, added.details),
    isDetailsDue: false,
    changes: [...changes.filter(({ from }) => from !== null), ...added.changes],
    notices: [],
  });
  if (added.note !== null) notes.push(added.note);
  if (commits.length === 0) notes.push('ECS says what is recorded already');
  const report = reportOf(asked, { ...reported, calls: fleet.calls, notes });
  return commits.length === 0
    ? { kind: 'done', report }
    : { kind: 'news', asked, loaded, before, commits, report };
}

/** What ECS shows of these instances, as far as it answers. */
async function askFor(
  fleet: Fleet,
  ids: readonly string[],
): Promise<{ readonly statuses: ReadonlyMap<string, string>; readonly notes: readonly string[] }> {
  const statuses = new Map<string, string>();
  const named = new Set(ids);
  try {
    await allOf(
      chunks(ids, PAGE_SIZE).map((part) =>
        askByIds(fleet, part, [], (answer) => {
          for (const [id, status] of answer.statuses) if (named.has(id)) statuses.set(id, status);
        }),
      ),
    );
    return { statuses, notes: [] };
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return { statuses, notes: [`left to polling: ${reasonOf(error)}`] };
  }
}

async function recordNews(
  { journal, runtime }: Ports,
  { deadlineMs }: PushRun,
  { asked, before, commits, report }: News,
  starts: JournalEnd['starts'],
): Promise<Done> {
  const { scope } = asked;
  const limits = { runtime, deadlineMs };
  const { appended, isOvertaken } = await record(journal, scope, commits, limits);
  const changes = appended.reduce((sum, commit) => sum + commit.changes.length, 0);
  const overtaken = 'left to polling: another run has recorded first';
  const notes = isOvertaken ? [...report.notes, overtaken] : report.notes;
  const done = { kind: 'done', report: { ...report, changes, notes } } as const;
  if (appended.length === 0) return done;
  const { seq: lastSeq } = fold(before, appended);
  return { ...done, end: { scope, lastSeq, starts, made: appended } };
}

/** Scopes of one account and region share its calls, which this function instance remembers. */
function budgetsOf({ runtime }: Ports, { callsPerMinute, memory }: PushRun) {
  return ({ scope: { account, regionId } }: AskedScope): Budget => {
    const key = `${account}/${regionId}`;
    const known = memory.pushBudgets.get(key);
    if (known?.callsPerMinute === callsPerMinute) return known;
    const budget = openBudget(callsPerMinute, runtime.now(), undefined);
    memory.pushBudgets.set(key, budget);
    return budget;
  };
}

function reportOf(
  { scope, instanceIds }: AskedScope,
  known: Partial<PushedScope> & Pick<PushedScope, 'notes'>,
): PushedScope {
  return {
    scope: scope.key,
    named: instanceIds.length,
    shown: 0,
    changes: 0,
    calls: 0,
    ...known,
  };
}

function failedIn(asked: AskedScope): (error: unknown) => Done {
  return (error) => ({
    kind: 'done',
    report: reportOf(asked, { notes: [`left to polling: ${reasonOf(error)}`] }),
  });
}

function leftToPolling(ids: number): string {
  return `${ids} left to polling: the calls for events are used up`;
}
