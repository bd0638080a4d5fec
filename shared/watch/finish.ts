import type { Health } from '../core/health.ts';
import { checkpointIsDue, EMPTY_TAIL, extendTail, fold } from '../core/journal.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import type { ChannelReport } from '../delivery/report.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Confirmed } from './confirm.ts';
import type { Damage } from './load.ts';
import type { Remembered } from './memory.ts';
import type { Opened, Unopened } from './open.ts';
import type { Ports } from './ports.ts';
import type { Recorded } from './record.ts';
import { emptyReport, isWell, type ScopeReport, type WatchReport } from './report.ts';
import type { Scan } from './scan.ts';
import type { Tick } from './tick.ts';

/** A scope after its part of a tick. */
export interface Watched {
  readonly scope: Scope;
  readonly report: ScopeReport;
  /** The last commit of its journal; null when this tick does not know. */
  readonly lastSeq: number | null;
  /** The commits that this tick has added to it. */
  readonly made: readonly Commit[];
  /** What stands in Tablestore now, for the next tick; null when it has to look again. */
  readonly remembered: Remembered | null;
  /** The checkpoint that could not be read, and is to be stored anew. */
  readonly damage: Damage | null;
  readonly notes: readonly string[];
  /** Why names are missing; said once, not once a minute. */
  readonly namesNote: string | null;
}

/** The steps of a scope's tick that its report is made from. */
export interface Steps {
  readonly before: Snapshot;
  readonly damage: Damage | null;
  readonly scanned: { readonly startMs: number; readonly endMs: number; readonly seen: Scan };
  readonly facts: Confirmed;
  readonly turn: { readonly health: Health };
  readonly named: { readonly note: string | null };
  readonly recorded: Recorded;
  readonly doneMs: number;
}

/** A scope that was looked at. */
export function watched({ scope, loaded, pacer, loadMs }: Opened, steps: Steps): Watched {
  const { before, damage, scanned, facts, turn, named, recorded, doneMs } = steps;
  const { appended, overtaken } = recorded;
  const { seen, startMs, endMs } = scanned;
  const after = fold(before, appended);
  const health = { ...turn.health, seq: after.seq, hold: facts.hold };
  const lostRace = 'another tick recorded first: this one looks again next time';
  return {
    scope,
    report: {
      scope: scope.key,
      ok: facts.failure === null,
      instances: seen.statuses.size,
      pages: seen.pages,
      calls: pacer.calls,
      throttles: pacer.throttles,
      complete: facts.failure === null,
      clean: seen.clean,
      changes: appended
        .filter(({ notice }) => notice === undefined)
        .reduce((sum, { changes }) => sum + changes.length, 0),
      seq: after.seq,
      loadMs,
      scanMs: endMs - startMs,
      commitMs: doneMs - endMs,
      ...(facts.failure !== null && { error: facts.failure }),
    },
    lastSeq: after.seq,
    made: appended,
    remembered: overtaken
      ? null
      : {
          snapshot: after,
          head: { ...loaded.head, health },
          tail: extendTail(loaded.tail, appended),
        },
    damage,
    notes: [...(overtaken ? [lostRace] : []), ...(damage === null ? [] : [damage.note])],
    namesNote: named.note,
  };
}

/** A scope that was not looked at: busy is well, failed is not. */
export function leftAlone({ scope, kind, reason }: Unopened): Watched {
  const isBusy = kind === 'busy';
  const report = emptyReport(scope.key, isBusy);
  return {
    scope,
    report: isBusy ? report : { ...report, error: reason },
    lastSeq: null,
    made: [],
    remembered: null,
    damage: null,
    notes: isBusy ? [reason] : [],
    namesNote: null,
  };
}

/** Remembers what the tick learned, pings the heartbeat after a good one, and reports. */
export async function finish(
  ports: Ports,
  tick: Tick,
  scopes: readonly Watched[],
  channels: readonly ChannelReport[],
): Promise<WatchReport> {
  const { journal, heartbeat, runtime } = ports;
  const notes = scopes.flatMap((scope) => scope.notes.map((note) => `${scope.scope.key}: ${note}`));
  notes.push(...newNamesNotes(scopes, tick));
  const kept = await Promise.all(scopes.map((scope) => saveState(ports, tick, scope)));
  const reports = scopes.map(({ report }) => report);
  const ok = isWell(reports, channels);
  if (ok && heartbeat !== undefined) {
    const timeoutMs = Math.max(1, tick.deadlineMs - runtime.now());
    await heartbeat(timeoutMs).catch((error) =>
      notes.push(`the heartbeat was not received: ${reasonOf(error)}`),
    );
  }
  return {
    ok,
    tickId: tick.tickId,
    ms: runtime.now() - tick.startMs,
    scopes: reports,
    channels,
    units: { ...journal.units },
    notes: [...notes, ...kept.filter((note) => note !== null)],
  };
}

function newNamesNotes(scopes: readonly Watched[], { memory }: Tick): readonly string[] {
  const notes = scopes.flatMap(({ scope, namesNote }) =>
    namesNote === null ? [] : [`${scope.key}: ${namesNote}`],
  );
  const fresh = notes.filter((note) => !memory.reportedNotes.has(note));
  for (const note of fresh) memory.reportedNotes.add(note);
  return fresh;
}

/**
 * Stores a checkpoint when one is due, then the health, which also gives the lease back. All of it
 * is a convenience for the next tick: a failure is a note, and the next tick reads for itself.
 */
async function saveState(
  { journal, runtime }: Ports,
  { memory, tickId }: Tick,
  { scope, remembered: now, damage }: Watched,
): Promise<string | null> {
  memory.scopes.delete(scope.key);
  if (now === null) return null;
  const { snapshot } = now;
  let { head, tail } = now;
  // What was salvaged without a complete scan is not stored: it would pass for all there is.
  const isWhole = damage === null || snapshot.baselined;
  try {
    if (isWhole && (damage !== null || checkpointIsDue(tail, runtime.now()))) {
      const replaced = damage?.checkpoint ?? undefined;
      const checkpoint = await journal.saveCheckpoint(scope, snapshot, tickId, replaced);
      head = { ...head, checkpoint };
      tail = EMPTY_TAIL;
    }
    await journal.saveHealth(scope, head.health);
    if (isWhole) memory.scopes.set(scope.key, { snapshot, head, tail });
    return null;
  } catch (error) {
    return `${scope.key}: not remembered: ${reasonOf(error)}`;
  }
}
