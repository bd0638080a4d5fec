import { type ChannelState, NEW_CHANNEL, type Starts } from '../core/channel-state.ts';
import type { Scope } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { type Head, type Journal, JournalError } from '../ports/journal.ts';
import { registeredStarts, resetCursor, type States } from './core/register.ts';
import { moveChannel } from './move-channel.ts';
import type { DeliveryPorts, DeliveryRun } from './run.ts';

/** A scope's journal as a tick has opened it. */
export interface OpenedJournal {
  readonly scope: Scope;
  /** Its last commit before this tick; null: it could not be opened. */
  readonly lastSeq: number | null;
  /** As its head row said, when that was read last. */
  readonly starts: Starts;
  /** The starts could not be read. */
  readonly lostStarts?: LostStarts;
}

/** Starts that cannot be read, and are to be replaced. */
export interface LostStarts {
  /** The text in their cell; null: there is none. */
  readonly text: string | null;
  /** Where a channel without a position begins instead. */
  readonly seq: number;
}

/** A scope's journal as its last commit and its head row say. Undefined: there is no head row yet. */
export function openedJournal(
  scope: Scope,
  lastSeq: number,
  head: Head | undefined,
): OpenedJournal {
  const lostStarts = lostStartsOf(head);
  return { scope, lastSeq, starts: head?.starts ?? {}, ...(lostStarts && { lostStarts }) };
}

type KnownJournal = OpenedJournal & { readonly lastSeq: number };

/** What registering has come to, by scope key. */
export interface Registration {
  /** Where channels begin in a scope's journal, as its head row says now. */
  readonly starts: ReadonlyMap<string, Starts>;
  /** Why a scope must not commit. */
  readonly failures: ReadonlyMap<string, Error>;
}

/** Only two runs of one scope, or a journal that was cut short, make a write collide here. */
const MAX_REGISTRATION_ATTEMPTS = 10;

/**
 * Gives each channel a position in each opened journal: the last commit before this tick. It must
 * be stored before the scope commits: a channel without a position is not sent the commit. A scope
 * writes its own head row, so runs of many scopes do not wait for one another. It does not throw.
 */
export async function registerChannels(
  ports: DeliveryPorts,
  run: DeliveryRun,
  journals: readonly OpenedJournal[],
): Promise<Registration> {
  const opened = journals.filter((journal): journal is KnownJournal => journal.lastSeq !== null);
  const starts = new Map<string, Starts>();
  const failures = new Map<string, Error>();
  if (opened.length === 0) return { starts, failures };
  const reading = readStates(ports, run, opened);
  await Promise.all(
    opened.map(async (journal) => {
      const { key } = journal.scope;
      try {
        starts.set(key, await registerIn(journal, ports.journal, await reading));
      } catch (error) {
        failures.set(key, error instanceof Error ? error : new Error(String(error)));
      }
    }),
  );
  return { starts, failures };
}

async function readStates(
  ports: DeliveryPorts,
  run: DeliveryRun,
  opened: readonly KnownJournal[],
): Promise<States> {
  const { channels } = run.memory;
  const states = ports.channels.map(async ({ name }) => {
    const stored = channels.get(name) ?? (await readRow(ports, name));
    // Its delivery reports it. A start counts only while the row has no position, so one more than
    // is needed does no harm, and no scope waits for the row.
    if (stored === null) return [name, NEW_CHANNEL] as const;
    const state = await withinJournals(ports, run, name, stored, opened);
    channels.set(name, state);
    return [name, state] as const;
  });
  return new Map(await allOf(states));
}

/** A channel's row; null: it is damaged, or the store does not give it away now. */
async function readRow(
  { journal }: Pick<DeliveryPorts, 'journal'>,
  name: string,
): Promise<ChannelState | null> {
  try {
    return (await journal.channel(name)) ?? NEW_CHANNEL;
  } catch (error) {
    if (error instanceof JournalError) return null;
    throw error;
  }
}

/** A channel's state, set back where it is past the end of a journal that was cut short. */
async function withinJournals(
  { journal, runtime }: DeliveryPorts,
  { tickId, deadlineMs }: DeliveryRun,
  name: string,
  stored: ChannelState,
  opened: readonly KnownJournal[],
): Promise<ChannelState> {
  let state = stored;
  for (let attempt = 1; attempt <= MAX_REGISTRATION_ATTEMPTS; attempt += 1) {
    const ends = new Map<string, number>();
    for (const { scope, lastSeq } of opened) {
      const seq = state.cursor[scope.key]?.seq ?? 0;
      if (await isLost(journal, scope, seq, lastSeq)) ends.set(scope.key, lastSeq);
    }
    if (ends.size === 0) return state;
    const after = resetCursor(state, ends, tickId);
    const moved = await moveChannel(journal, name, state, after, { runtime, deadlineMs });
    if (moved === 'done') return after;
    state = (await journal.channel(name)) ?? NEW_CHANNEL;
  }
  throw contention(`channel ${name} could not be set back`);
}

/**
 * Makes the head row of one scope hold a start for each channel that needs one, and none for a
 * channel whose cursor has taken it over. Returns what the row then holds.
 */
async function registerIn(
  { scope, lastSeq, starts, lostStarts }: KnownJournal,
  journal: Journal,
  states: States,
): Promise<Starts> {
  let stored = starts;
  let lostNow = lostStarts;
  for (let attempt = 1; attempt <= MAX_REGISTRATION_ATTEMPTS; attempt += 1) {
    const lost: string[] = [];
    for (const [channel, seq] of Object.entries(stored)) {
      if (await isLost(journal, scope, seq, lastSeq)) lost.push(channel);
    }
    const ends = { lastSeq, beginSeq: Math.min(lostNow?.seq ?? lastSeq, lastSeq) };
    const after = registeredStarts(stored, states, scope.key, ends, lost);
    const isStored = lostNow === undefined && JSON.stringify(after) === JSON.stringify(stored);
    const before = lostNow === undefined ? stored : lostNow.text;
    if (isStored || (await journal.saveStarts(scope, before, after)) === 'saved') return after;
    const head = await journal.head(scope);
    stored = head?.starts ?? {};
    lostNow = lostStartsOf(head);
  }
  throw contention(`the channels could not be registered in ${scope.key}`);
}

/**
 * The health says where the starts were when it was stored. Where there is none, the checkpoint is
 * the best that is known.
 */
export function lostStartsOf(head: Head | undefined): LostStarts | undefined {
  const lost = head?.unreadable?.starts;
  if (head === undefined || lost === undefined) return undefined;
  const { health, checkpoint } = head;
  const servedSeq = health.seq === 0 ? (checkpoint?.seq ?? 0) : health.seq;
  return { text: lost.text ?? null, seq: health.unservedSeq ?? servedSeq };
}

/**
 * Is a position past the end of a journal whose rows were removed? New commits take the numbers of
 * the lost ones, and a channel that kept its position would not be sent them. When another run has
 * committed since this one looked, the commit is there.
 */
async function isLost(
  journal: Journal,
  scope: Scope,
  seq: number,
  lastSeq: number,
): Promise<boolean> {
  return seq > lastSeq && (await journal.commitAt(scope, seq)) === undefined;
}

function contention(message: string): JournalError {
  return new JournalError('failed', 'Contention', message);
}
