import { EMPTY_SNAPSHOT, type Scope } from '../core/model.ts';
import type { Head, JournalReader } from '../ports/journal.ts';
import type { Access } from './core/request.ts';
import { isConfined, isWithin } from './core/rights.ts';
import type { ViewPorts } from './ports.ts';
import type { Reading, Readings } from './reading.ts';

/**
 * The ports as a request may use them. For a token that is confined to accounts or regions, all other
 * scopes, the channels and the watcher's own journal do not exist, whatever a route asks for.
 */
export function limitPorts(ports: ViewPorts, access: Access): ViewPorts {
  if (typeof access === 'string' || !isConfined(access)) return ports;
  const scopes = ports.scopes.filter((scope) => isWithin(access, scope));
  return {
    ...ports,
    scopes,
    journal: confinedJournal(ports.journal, scopes),
    readings: confinedReadings(ports.readings),
  };
}

/** Every method is here by name, so that a new one is never open by mistake. */
function confinedJournal(journal: JournalReader, scopes: readonly Scope[]): JournalReader {
  const keys = new Set(scopes.map(({ key }) => key));
  const within = async <T>(scope: Scope, read: () => Promise<T>, otherwise: T): Promise<T> =>
    keys.has(scope.key) ? read() : otherwise;
  return {
    head: (scope) =>
      within(scope, async () => withoutChannels(await journal.head(scope)), undefined),
    async peek(places) {
      const own = await journal.peek(places.filter(({ scope }) => keys.has(scope.key)));
      return new Map(
        [...own].map(([key, peeked]) => [key, { ...peeked, head: withoutChannels(peeked.head) }]),
      );
    },
    lastSeq: (scope) => within(scope, () => journal.lastSeq(scope), 0),
    after: (scope, seq, limit) => within(scope, () => journal.after(scope, seq, limit), []),
    nextAfter: (scope, seq, limit) => within(scope, () => journal.nextAfter(scope, seq, limit), []),
    before: (scope, seq, limit) => within(scope, () => journal.before(scope, seq, limit), []),
    checkpoint: (scope, ref) => within(scope, () => journal.checkpoint(scope, ref), EMPTY_SNAPSHOT),
    keptUntil: (scope, seq) => within(scope, () => journal.keptUntil(scope, seq), undefined),
    keptAfter: (scope, seq) => within(scope, () => journal.keptAfter(scope, seq), undefined),
    keptSnapshot: (scope, kept) =>
      within(scope, () => journal.keptSnapshot(scope, kept), EMPTY_SNAPSHOT),
    channel: async () => undefined,
    channels: async () => new Map(),
    deliveries: async () => [],
    watchList: async () => undefined,
    get units() {
      return journal.units;
    },
  };
}

/** Where channels begin names them. */
function withoutChannels(head: Head | undefined): Head | undefined {
  if (head === undefined) return undefined;
  const { starts: _, ...unreadable } = head.unreadable ?? {};
  return { ...head, starts: {}, ...(head.unreadable !== undefined && { unreadable }) };
}

/** The memory of all requests: what it knows of channels is neither seen nor forgotten. */
function confinedReadings(readings: Readings): Readings {
  return {
    get(key) {
      const known = readings.get(key);
      return known === undefined ? undefined : { ...known, head: withoutChannels(known.head) };
    },
    set: (key, reading) => readings.set(key, withStartsOf(reading, readings.get(key))),
  };
}

function withStartsOf(reading: Reading, known: Reading | undefined): Reading {
  const { head } = reading;
  const starts = known?.head?.starts;
  return head === undefined || starts === undefined
    ? reading
    : { ...reading, head: { ...head, starts } };
}
