import type { Commit, Scope } from '../core/model.ts';
import { chunks } from '../lib/chunks.ts';
import type { ScopeView } from './core/fleet.ts';
import { freshnessThen } from './core/freshness.ts';
import type { Moment } from './core/moment.ts';
import { isInvalid, type Problems } from './core/parameters.ts';
import type { ViewPorts } from './ports.ts';
import { readFleet } from './read-fleet.ts';
import { breakIn, excessOf, newBudget, type ReadBudget, readSpan } from './read-range.ts';
import { type PastMoment, seqsAt } from './seqs-at.ts';
import type { PastState } from './state-memory.ts';
import { cheapestOf, type Journey, planJourney, walk } from './walk-way.ts';

/** Scopes whose commits are read at once. */
const SCOPES_AT_ONCE = 8;

/** A scope at some time, and until when it was seen to be so; null: it was not watched yet. */
export interface ScopeState extends ScopeView {
  readonly seenAtMs: number | null;
}

/** Scopes as they stood at a moment, or why that cannot be said. */
export async function readFleetAt(
  ports: ViewPorts,
  scopes: readonly Scope[],
  moment: Moment,
): Promise<readonly ScopeView[] | Problems> {
  const present = await readPresent(ports, scopes);
  return moment.kind === 'now' ? present : readStates(ports, present, moment);
}

export async function readPresent(
  ports: ViewPorts,
  scopes: readonly Scope[],
): Promise<readonly ScopeState[]> {
  const views = await readFleet(ports, scopes);
  return views.map((view) => ({ ...view, seenAtMs: view.health?.lastGoodAtMs ?? null }));
}

/** The states of scopes at a moment, from later ones and from what is kept. */
export async function readStates(
  ports: ViewPorts,
  known: readonly ScopeState[],
  moment: PastMoment,
): Promise<readonly ScopeState[] | Problems> {
  const seqs = await seqsAt(ports, known, moment);
  if (isInvalid(seqs)) return seqs;
  const { journal, states, healthLimits } = ports;
  const planned = await Promise.all(
    known.map(async (state, index) => {
      const { scope, snapshot } = state;
      const seq = seqs[index] ?? 0;
      const found = seq === snapshot.seq ? state : states.get(scope.key, seq);
      return { state, goal: found ?? (await planJourney(journal, scope, snapshot, seq)) };
    }),
  );
  const excess = excessOf(planned.flatMap(({ goal }) => ('ways' in goal ? cheapestOf(goal) : [])));
  if (excess !== null) return excess;
  const budget = newBudget();
  return inTurn(planned, async ({ state, goal }) => {
    const { scope, health } = state;
    const found = 'ways' in goal ? await walkTo(ports, goal, budget) : goal;
    if (typeof found === 'string') return `${scope.key}: ${found}`;
    const { snapshot, seenAtMs } = found;
    const shownAtMs = snapshot.baselined ? seenAtMs : null;
    // A further page of the present is as healthy as the first one.
    const isPresent = moment.kind === 'seqs' && found === state;
    const freshness = isPresent
      ? state.freshness
      : freshnessThen(health, shownAtMs, moment.timeMs, healthLimits);
    return { ...state, snapshot, seenAtMs, freshness };
  });
}

/** Reads the state at the end of a journey, and remembers it. */
async function walkTo(
  { journal, states }: Pick<ViewPorts, 'journal' | 'states'>,
  journey: Journey,
  budget: ReadBudget,
): Promise<PastState | string> {
  const found = await walk(journal, journey, budget);
  if (typeof found === 'string') return found;
  const { snapshot, next } = found;
  const past = { snapshot, seenAtMs: next?.previousAtMs ?? null };
  states.set(journey.scope.key, past);
  return past;
}

/** The commits of each scope after a moment, up to a state that is known. */
export async function readCommitsAfter(
  ports: Pick<ViewPorts, 'journal' | 'now'>,
  known: readonly ScopeState[],
  moment: PastMoment,
): Promise<readonly (readonly Commit[])[] | Problems> {
  const seqs = await seqsAt(ports, known, moment);
  if (isInvalid(seqs)) return seqs;
  const spans = known.map(({ scope, snapshot }, index) => {
    return { scope, after: seqs[index] ?? 0, last: snapshot.seq };
  });
  const excess = excessOf(spans);
  if (excess !== null) return excess;
  const budget = newBudget();
  return inTurn(spans, async (span) => {
    const commits = await readSpan(ports.journal, span, budget);
    const problem = typeof commits === 'string' ? commits : breakIn(commits);
    return typeof commits === 'string' || problem !== null
      ? `${span.scope.key}: ${problem}`
      : commits;
  });
}

/** Some at a time. A text is a problem. */
async function inTurn<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R | string>,
): Promise<readonly R[] | Problems> {
  const all: R[] = [];
  const problems: string[] = [];
  for (const part of chunks(items, SCOPES_AT_ONCE)) {
    for (const result of await Promise.all(part.map(read))) {
      if (typeof result === 'string') problems.push(result);
      else all.push(result);
    }
  }
  return problems.length > 0 ? { problems } : all;
}

export function unwatched({ scope }: Pick<ScopeView, 'scope'>): string {
  return `${scope.key} was not watched yet at from`;
}
