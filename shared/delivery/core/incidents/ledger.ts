import type { Cursor } from '../../../core/channel-state.ts';
import {
  FAILURES,
  type Incident,
  type IncidentEvent,
  type Incidents,
  incidentsIn,
  isInstance,
  type ScopeIncidents,
  STORM,
  type Word,
} from '../../../core/incident.ts';
import { own } from '../../../core/own.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';

/**
 * Instances of a scope that have incidents of their own. What goes down beyond them is one incident of the
 * scope: more than a person stops by hand, and more than anyone can answer one by one.
 */
export const MAX_SINGLE_INCIDENTS = 10;

/** An incident that is opened so often within so long … */
const MAX_OPENED = 3;
const OPENED_WITHIN_MS = 30 * MINUTE_MS;
/** … is closed only once its trouble has been over for so long. Each opening calls a person. */
const QUIET_MS = 15 * MINUTE_MS;

/**
 * Scopes with incidents, and instances in storms, that a channel follows: with a cursor over 10,000 scopes,
 * its row stays below the 2 MB of a cell. What happens beyond is sent as an ordinary change.
 */
export const MAX_INCIDENT_SCOPES = 150;
export const MAX_DOWN = 15_000;
/** Closed incidents of a scope that are remembered, in case they are opened too often. */
const MAX_REMEMBERED = 10;

/** An event that is to be sent, and its incident meanwhile and afterwards. */
export interface DueEvent {
  readonly event: IncidentEvent;
  /** What it says about, by instance id; absent: everything that its commits say of the subject. */
  readonly instances?: ReadonlySet<string>;
  readonly claimed: Incident;
  readonly settled: Incident;
  /** An earlier event about the incident may have arrived. */
  readonly isRepeat: boolean;
}

/** The next event: trouble first, in every scope. Null: the receiver knows all that is to be known. */
export function nextEvent(
  incidents: Incidents,
  words: readonly Word[],
  nowMs: number,
): DueEvent | null {
  const byScope = lastWords(words);
  const quiet = Object.keys(incidents).filter((scope) => !byScope.has(scope));
  let first: DueEvent | null = null;
  for (const scope of [...byScope.keys(), ...quiet]) {
    const room = roomIn(incidents, scope);
    const due = dueIn(scope, incidentsIn(incidents, scope), byScope.get(scope), room, nowMs);
    if (due?.event.action === 'trigger') return due;
    first ??= due;
  }
  return first;
}

type Words = ReadonlyMap<string, Word>;

/** Scope → subject → the last thing that is said of it. */
function lastWords(words: readonly Word[]): ReadonlyMap<string, Words> {
  const scopes = new Map<string, Map<string, Word>>();
  for (const word of words) {
    const subjects = scopes.get(word.scope) ?? new Map<string, Word>();
    subjects.set(word.subject, word);
    scopes.set(word.scope, subjects);
  }
  return scopes;
}

/** What more of a scope can be followed. */
interface Room {
  readonly instances: number;
  readonly failures: boolean;
}

function roomIn(incidents: Incidents, scope: string): Room {
  const isNew = own(incidents, scope) === undefined;
  const isFull = Object.keys(incidents).length >= MAX_INCIDENT_SCOPES;
  // The watcher's own failures may be why so many scopes have incidents.
  if (isNew && isFull && scope !== WATCHER.key) return { instances: 0, failures: false };
  const down = Object.values(incidents).reduce(
    (sum, known) => sum + (known[STORM]?.down?.length ?? 0),
    0,
  );
  return { instances: Math.max(0, MAX_DOWN - down), failures: true };
}

function dueIn(
  scope: string,
  known: ScopeIncidents,
  words: Words = new Map(),
  room: Room,
  nowMs: number,
): DueEvent | null {
  const down = new Set(known[STORM]?.down ?? []);
  const fresh: string[] = [];
  const opens: string[] = [];
  const ends: string[] = [];
  for (const [subject, word] of words) {
    const incident = own(known, subject);
    if (!word.isBad) {
      down.delete(subject);
      if (isToClose(incident, word, nowMs)) ends.push(subject);
    } else if (isOpen(incident)) {
      if (incident?.state === 'unsure') opens.push(subject);
    } else if (isInstance(subject)) {
      if (!down.has(subject)) fresh.push(subject);
    } else if (room.failures) {
      opens.push(subject);
    }
  }
  for (const [subject, incident] of Object.entries(known)) {
    const isQuiet = !words.has(subject) && isOpen(incident) && quietAtMs(incident) <= nowMs;
    if (isQuiet && (subject !== STORM || down.size === 0)) ends.push(subject);
  }
  const singles = Object.entries(known).filter(
    ([subject, incident]) => isInstance(subject) && isOpen(incident) && !ends.includes(subject),
  );
  const storm = own(known, STORM);
  const isFewer = down.size < (storm?.down?.length ?? 0);
  const isStorm = isOpen(storm) || singles.length + fresh.length > MAX_SINGLE_INCIDENTS;
  const followed = fresh.slice(0, room.instances);
  if (isStorm) {
    const joined = new Set(followed);
    const after = [...down, ...joined];
    const isUnsure = storm?.state === 'unsure' && after.length > 0;
    if (joined.size > 0 || isUnsure) {
      const instances = isUnsure ? new Set(after) : joined;
      const event = { action: 'trigger', scope, subject: STORM, down: after.length } as const;
      const more = storm?.mayHaveNamedMore ?? (isFewer ? storm?.isPerhapsUnseen : undefined);
      const named = { down: after, ...(more && { mayHaveNamedMore: more }) };
      return { ...opening(event, storm, lastSeq(words), nowMs, named), instances };
    }
    const hasEnded = isOpen(storm) && after.length === 0 && !isTooFrequent(storm, nowMs);
    if (hasEnded && !ends.includes(STORM)) ends.push(STORM);
  } else {
    opens.push(...followed);
  }
  const [subject] = opens;
  if (subject !== undefined) {
    const event = { action: 'trigger', scope, subject } as const;
    return opening(event, own(known, subject), words.get(subject)?.seq ?? 0, nowMs);
  }
  const [ended] = ends;
  if (ended === undefined) return null;
  const event = { action: 'resolve', scope, subject: ended } as const;
  const seq = ended === STORM ? lastSeq(words) : (words.get(ended)?.seq ?? 0);
  return closing(event, own(known, ended), seq, nowMs);
}

/** An incident that may be open counts as open. */
function isOpen(incident: Incident | undefined): boolean {
  return incident !== undefined && incident.state !== 'closed';
}

/** Is an incident to be closed, now that its trouble is over? */
function isToClose(incident: Incident | undefined, word: Word, nowMs: number): boolean {
  // The store was gone when it was reported: nothing says whether that was, so that it is closed in any case.
  if (word.subject === FAILURES.store) {
    return incident === undefined || incident.state === 'unsure' || incident.seq < word.seq;
  }
  return isOpen(incident) && (word.isGone === true || !isTooFrequent(incident, nowMs));
}

function isTooFrequent(incident: Incident | undefined, nowMs: number): boolean {
  return recent(incident?.openedAtMs ?? [], nowMs).length >= MAX_OPENED;
}

function recent(openedAtMs: readonly number[], nowMs: number): readonly number[] {
  // What a clock that was ahead has written does not count.
  return openedAtMs.filter((atMs) => atMs > nowMs - OPENED_WITHIN_MS && atMs <= nowMs);
}

function quietAtMs({ overSinceMs }: Incident): number {
  return overSinceMs === undefined ? Number.POSITIVE_INFINITY : overSinceMs + QUIET_MS;
}

function lastSeq(words: Words): number {
  return [...words.values()].reduce((last, { seq }) => Math.max(last, seq), 0);
}

function opening(
  event: IncidentEvent,
  before: Incident | undefined,
  seq: number,
  nowMs: number,
  ofStorm?: Pick<Incident, 'down' | 'mayHaveNamedMore'>,
): DueEvent {
  const opened = recent(before?.openedAtMs ?? [], nowMs);
  const incident = { seq, ...ofStorm };
  const isAgain = before?.state === 'open';
  return {
    event,
    claimed: { ...incident, state: 'unsure', openedAtMs: opened, isPerhapsUnseen: true },
    settled: {
      ...incident,
      state: 'open',
      openedAtMs: isAgain ? opened : [...opened, nowMs].slice(-MAX_OPENED),
    },
    isRepeat: before?.state === 'unsure',
  };
}

/** Has an event without an answer perhaps said that a subject's trouble began? That of a storm is of many. */
export function mayHaveBegun(incidents: Incidents, scope: string, subject: string): boolean {
  const known = incidentsIn(incidents, scope);
  return [subject, ...(isInstance(subject) ? [STORM] : [])].some((one) => {
    const incident = own(known, one);
    return incident?.isPerhapsUnseen === true || incident?.mayHaveNamedMore === true;
  });
}

function closing(
  event: IncidentEvent,
  before: Incident | undefined,
  endSeq: number,
  nowMs: number,
): DueEvent {
  const openedAtMs = recent(before?.openedAtMs ?? [], nowMs);
  const seq = Math.max(before?.seq ?? 0, endSeq);
  return {
    event,
    claimed: { openedAtMs, seq, ...before, state: 'unsure' },
    settled: {
      state: 'closed',
      seq,
      openedAtMs,
      ...(before?.isPerhapsUnseen && { isPerhapsUnseen: true }),
      ...(before?.mayHaveNamedMore && { mayHaveNamedMore: true }),
    },
    isRepeat: before?.state === 'unsure',
  };
}

export function withIncident(
  incidents: Incidents,
  { scope, subject }: IncidentEvent,
  incident: Incident,
): Incidents {
  return { ...incidents, [scope]: { ...incidentsIn(incidents, scope), [subject]: incident } };
}

/** Was a subject's last word the reason of an event? Thousands may be asked for. */
export function saidBy(incidents: Incidents): (word: Word) => boolean {
  const storms = new Map(
    Object.entries(incidents).map(([scope, known]) => [scope, new Set(known[STORM]?.down ?? [])]),
  );
  return ({ scope, subject, isBad, seq }) => {
    const incident = own(incidentsIn(incidents, scope), subject);
    if (isBad) return isOpen(incident) || storms.get(scope)?.has(subject) === true;
    // Whether the store's failure was reported is not known: what ends it is said besides.
    if (subject === FAILURES.store) return false;
    // A receiver drops the event that closes what it has never seen: the rest has to say what happened.
    if (incident?.isPerhapsUnseen === true) return false;
    return incident?.state === 'closed' && incident.seq >= seq;
  };
}

/**
 * The incidents once the cursor is at `to`. Those that are kept open are over since then; a storm has lost what
 * is up again; those that are closed are forgotten, unless they could be opened too often.
 */
export function incidentsPast(
  incidents: Incidents,
  words: readonly Word[],
  to: Cursor,
  nowMs: number,
): Incidents {
  const covered = lastWords(words.filter(({ scope, seq }) => seq <= (to[scope]?.seq ?? 0)));
  const entries = Object.entries(incidents).map(([scope, known]) => {
    const end = to[scope]?.seq;
    if (end === undefined) return [scope, known] as const;
    const said: Words = covered.get(scope) ?? new Map();
    const all = Object.entries(known);
    const open = all
      .filter(([, incident]) => isOpen(incident))
      .map(([subject, one]) => [subject, past(afterRest(one, end), subject, said, nowMs)] as const);
    // The cursor is not past these: what is said of them is no part of the rest.
    const unpassed = all.filter(([, one]) => !isOpen(one) && one.seq > end);
    const remembered = all
      .filter(([, { openedAtMs }]) => recent(openedAtMs, nowMs).length > 0)
      .filter(([, one]) => !isOpen(one) && one.seq <= end)
      .map(([subject, one]) => [subject, afterRest(one, end)] as const)
      .sort(([, one], [, other]) => (one.openedAtMs.at(-1) ?? 0) - (other.openedAtMs.at(-1) ?? 0));
    const kept = [...open, ...unpassed, ...remembered.slice(-MAX_REMEMBERED)];
    return [scope, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(entries.filter(([, known]) => Object.keys(known).length > 0));
}

/** The rest has said what was perhaps never seen. */
function afterRest(incident: Incident, end: number): Incident {
  if (incident.seq > end) return incident;
  const { isPerhapsUnseen: _, mayHaveNamedMore: _more, ...known } = incident;
  return known;
}

function past(incident: Incident, subject: string, said: Words, nowMs: number): Incident {
  const { overSinceMs, ...rest } = incident;
  if (subject === STORM) {
    const left = (incident.down ?? []).filter((id) => said.get(id)?.isBad !== false);
    const since = overSinceMs ?? nowMs;
    return { ...rest, down: left, ...(left.length === 0 && { overSinceMs: since }) };
  }
  const word = said.get(subject);
  if (word === undefined) return incident;
  return word.isBad ? rest : { ...rest, overSinceMs: overSinceMs ?? Math.min(word.atMs, nowMs) };
}

/** When the first of the incidents that are over is to be closed; infinite: none is. */
export function nextQuietMs(incidents: Incidents = {}): number {
  return Object.values(incidents)
    .flatMap((known) => Object.values(known))
    .filter(isOpen)
    .reduce((first, incident) => Math.min(first, quietAtMs(incident)), Number.POSITIVE_INFINITY);
}
