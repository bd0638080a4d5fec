import { appearanceOf } from '../../../core/appearance.ts';
import type { Commit, Instance, Report, ReportedInstance } from '../../../core/model.ts';
import { expectedTicks, type Tallies, tallyUntil } from '../../../core/tally.ts';
import { isTransitory } from '../../../delivery/core/news/severity.ts';
import type { ReportPeriod } from './schedule.ts';

/** What is counted of a scope's commits. It takes them one after the other, in any order. */
export interface Counted {
  readonly outcomes: Map<string, number>;
  /** Instance id → its changes, with the name that it had last. */
  readonly byInstance: Map<string, { name?: string; changes: number }>;
}

export function newCounted(): Counted {
  return { outcomes: new Map(), byInstance: new Map() };
}

/**
 * Counts the changes of a commit in a period. By the time of the commit, so that each change is in one
 * report and in no other, whenever a message has shown it. What passes by itself says nothing.
 */
export function countCommit(
  counted: Counted,
  commit: Commit,
  { fromMs, untilMs }: ReportPeriod,
): void {
  if (commit.atMs < fromMs || commit.atMs >= untilMs || commit.notice !== undefined) return;
  for (const change of commit.changes) {
    const { instanceId, to, name } = change;
    const known = counted.byInstance.get(instanceId);
    // Commits are read backwards: the first name is the last one.
    const named = known?.name ?? name;
    const changes = (known?.changes ?? 0) + (isTransitory(to) ? 0 : 1);
    counted.byInstance.set(instanceId, { ...(named !== undefined && { name: named }), changes });
    if (isTransitory(to)) continue;
    const outcome = outcomeOf(commit, change);
    counted.outcomes.set(outcome, (counted.outcomes.get(outcome) ?? 0) + 1);
  }
}

function outcomeOf(commit: Commit, change: Commit['changes'][number]): string {
  if (change.to === null) return 'released';
  const appearance = appearanceOf(commit, change);
  if (appearance === 'returned') return 'returned';
  return appearance === null ? change.to : 'new';
}

/** A scope at the time of the report. */
export interface ReportedScope {
  readonly scope: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly tallies: Tallies | undefined;
  /** Null: its journal could not be read. */
  readonly counted: Counted | null;
  /** Its commits were too many to read all of them. */
  readonly isCut: boolean;
}

/** Instances that a report names of one sort. */
const MAX_NAMED = 5;
/** So many changes between lasting states are no work, but trouble: as in a message about flapping. */
const FLAPPING_CHANGES = 5;

/** The facts of a report. `channels`: what each has spent of its quota. */
export function reportOf(
  per: Report['per'],
  { fromMs, untilMs }: ReportPeriod,
  scopes: readonly ReportedScope[],
  channels: Report['channels'],
): Report {
  const outcomes = new Map<string, number>();
  const stopped: ReportedInstance[] = [];
  const flapping: (ReportedInstance & { readonly changes: number })[] = [];
  let instances = 0;
  for (const { scope, instances: fleet, counted } of scopes) {
    instances += fleet.size;
    for (const [outcome, count] of counted?.outcomes ?? []) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    }
    for (const [instanceId, { status, sinceMs, sinceKnown, name }] of fleet) {
      if (status !== 'Stopped') continue;
      const isSure = sinceKnown === true ? {} : { isAtLeast: true as const };
      stopped.push({ scope, instanceId, ...named(name), sinceMs, ...isSure });
    }
    for (const [instanceId, { name, changes }] of counted?.byInstance ?? []) {
      if (changes >= FLAPPING_CHANGES)
        flapping.push({ scope, instanceId, ...named(name), changes });
    }
  }
  const unread = scopes.filter(({ counted }) => counted === null).map(({ scope }) => scope);
  const ticks = worstTicks(scopes, untilMs);
  return {
    per,
    fromMs,
    untilMs,
    changes: [...outcomes.values()].reduce((sum, count) => sum + count, 0),
    outcomes: Object.fromEntries([...outcomes].sort(([, one], [, other]) => other - one)),
    ...(scopes.some(({ isCut }) => isCut) && { isCut: true }),
    ...(unread.length > 0 && { unread }),
    instances,
    stopped: stopped.length,
    longest: stopped
      .sort((one, other) => (one.sinceMs ?? 0) - (other.sinceMs ?? 0))
      .slice(0, MAX_NAMED),
    flapping: flapping.length,
    most: flapping.sort((one, other) => other.changes - one.changes).slice(0, MAX_NAMED),
    ...(ticks !== undefined && { ticks }),
    channels,
  };
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

/** Of the scope that was watched worst; it is named where others were watched better. */
function worstTicks(scopes: readonly ReportedScope[], untilMs: number): Report['ticks'] {
  const all = scopes.flatMap(({ scope, tallies }) => {
    const tally = tallies && tallyUntil(tallies, untilMs);
    if (tally === undefined) return [];
    const { sinceMs, good, late } = tally;
    return [{ scope, sinceMs, expected: expectedTicks(tally), good, late }];
  });
  const shareOf = ({ good, expected }: { good: number; expected: number }): number =>
    good / Math.max(1, expected);
  const [worst, ...others] = all.sort((one, other) => shareOf(one) - shareOf(other));
  if (worst === undefined) return undefined;
  const { scope, ...ticks } = worst;
  return others.some((other) => shareOf(other) > shareOf(worst)) ? { scope, ...ticks } : ticks;
}
