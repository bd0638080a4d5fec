import type { Health } from '../core/health.ts';
import type { Change, Notice, Scope, Snapshot } from '../core/model.ts';
import type { SecondOpinion } from '../core/second-opinion.ts';
import { chunks } from '../lib/chunks.ts';
import type { Runtime } from '../lib/runtime.ts';
import { type Inventory, InventoryError, MAX_DETAILS, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { type AnswerByIds, askByIds } from './ask-by-id.ts';
import { type Diff, judgeSuspects } from './core/diff.ts';
import { type GuardLimits, judgeReleases, wouldTrip } from './core/guard.ts';
import type { Pacer } from './pacer.ts';
import type { Scan } from './scan.ts';

/** What a tick has to go by: the state before, what was seen since, and how they differ. */
export interface Evidence {
  readonly before: Snapshot;
  readonly seen: Scan;
  readonly found: Diff;
  readonly health: Health;
}

/** What is left of a diff once every suspect has been asked for by id. */
export interface Confirmed {
  readonly changes: readonly Change[];
  readonly notices: readonly Notice[];
  readonly hold: Health['hold'];
  /** Why not everything is known of this moment; null when it is. */
  readonly failure: string | null;
}

/**
 * Turns suspects into facts: found by id, they have a status; not found, they are released, unless
 * so many vanish at once that it is too early to say so. An incomplete scan never asks: it releases
 * nobody.
 */
export async function confirm(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  { before, seen, found: { changes, suspects }, health }: Evidence,
  { runtime, guard }: { readonly runtime: Runtime; readonly guard: GuardLimits },
): Promise<Confirmed> {
  const { hold: held } = health;
  const { statuses, failure, inconsistency: doubt } = seen;
  if (failure !== null) return { changes, notices: [], hold: held, failure };
  const hidden = await isHidden(inventory, scope, pacer, before, seen);
  if (hidden !== null) return { changes: [], notices: [], hold: held, failure: hidden };
  const asked = await askById(inventory, scope, pacer, suspects, statuses);
  const { changes: found, gone } = judgeSuspects(before.instances, asked.answered, asked.found);
  const facts = [...changes, ...found];
  if (asked.failure !== null) {
    return { changes: facts, notices: [], hold: held, failure: asked.failure };
  }
  const size = before.instances.size;
  const trips = wouldTrip(size, gone.length, guard);
  // Where nobody is listed, no witness has vouched for the answers: the whole scope is asked for.
  const isAll = statuses.size === 0 && scope.instanceIds === undefined;
  const ids = gone.slice(0, MAX_DETAILS).map(({ instanceId }) => instanceId);
  const opinion = trips
    ? await askAgain(inventory, scope, pacer, isAll ? undefined : ids)
    : 'unknown';
  const vanished = {
    known: size,
    gone: gone.length,
    held: held ?? undefined,
    vouched: seen.clean || (doubt === null && statuses.size > 0),
    opinion,
    nowMs: runtime.now(),
  };
  const verdict = judgeReleases(vanished, guard);
  if (verdict.kind === 'hold') {
    const notice: Notice = { kind: 'suspicious-scan', missing: gone.length, known: size };
    return {
      changes: facts,
      notices: verdict.isNew ? [notice] : [],
      hold: verdict.hold,
      failure: doubt ?? OPINION_FAILURES[opinion],
    };
  }
  const back = trips || held === null ? 0 : held.missing - gone.length;
  const lifted: readonly Notice[] = back > 0 ? [{ kind: 'suspicion-lifted', missing: back }] : [];
  return { changes: [...facts, ...gone], notices: lifted, hold: null, failure: doubt };
}

/**
 * Why nobody is believed to be gone, or never to have been there: DescribeInstances was asked, and
 * does not say the same. Then nobody sees what becomes of the instances.
 */
const OPINION_FAILURES: Readonly<Record<SecondOpinion, string | null>> = {
  agrees: null,
  contradicts:
    'NotShown: DescribeInstanceStatus does not show instances that DescribeInstances shows: allow ' +
    'ecs:DescribeInstanceStatus',
  refuses:
    'NotShown: DescribeInstanceStatus shows no instances, and DescribeInstances is refused: allow ' +
    'ecs:DescribeInstanceStatus and ecs:DescribeInstances',
  unknown:
    'NotShown: DescribeInstanceStatus shows no instances, and DescribeInstances does not answer',
};

interface Answers {
  /** The suspects that were asked for with success. */
  readonly answered: readonly string[];
  readonly found: ReadonlyMap<string, string>;
  readonly failure: string | null;
}

/** Instances that a question names besides the suspects: some may be released meanwhile. */
const MAX_WITNESSES = 3;

/**
 * Asks for suspects by id. Each question also names instances that the scan has just seen: an answer
 * that shows nobody at all comes from somebody who is not allowed to see, and proves nothing. Where
 * the scan has seen nobody, the answers can only be believed when none of them shows anybody.
 */
async function askById(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  suspects: readonly string[],
  seen: ReadonlyMap<string, string>,
): Promise<Answers> {
  const witnesses = spread(seen, MAX_WITNESSES);
  const answers: AnswerByIds[] = [];
  let failure: string | null = null;
  await Promise.all(
    chunks(suspects, PAGE_SIZE - MAX_WITNESSES).map(async (chunk) => {
      try {
        answers.push(...(await askByIds(inventory, scope, pacer, chunk, witnesses)));
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        failure ??= reasonOf(error);
      }
    }),
  );
  const isAnybodyThere = seen.size > 0 || answers.some(({ statuses }) => statuses.size > 0);
  const believed = answers.filter(
    ({ statuses, isNotFound }) => isNotFound || !isAnybodyThere || statuses.size > 0,
  );
  if (believed.length < answers.length) {
    failure ??= 'Blind: asked by id, ECS showed nobody at all, not even instances just listed';
  }
  const asked = believed.flatMap((answer) => answer.asked);
  const all = new Map(believed.flatMap(({ statuses }) => [...statuses]));
  return { answered: asked, found: all, failure };
}

/** At most `count` ids from all over the listing, so that not all of them go at once. */
function spread(seen: ReadonlyMap<string, string>, count: number): readonly string[] {
  const step = Math.max(1, Math.floor(seen.size / count));
  const ids: string[] = [];
  let place = 0;
  for (const id of seen.keys()) {
    if (place % step === 0 && ids.length < count) ids.push(id);
    place += 1;
  }
  return ids;
}

/**
 * Why a first look that shows nobody is not to be believed; null when it is. An empty baseline from
 * an account that may not look would make every instance news on the day that it may.
 */
async function isHidden(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  before: Snapshot,
  { statuses }: Scan,
): Promise<string | null> {
  if (before.baselined || before.instances.size > 0 || statuses.size > 0) return null;
  const opinion = await askAgain(inventory, scope, pacer, scope.instanceIds?.slice(0, MAX_DETAILS));
  return OPINION_FAILURES[opinion];
}

async function askAgain(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  ids: readonly string[] | undefined,
): Promise<SecondOpinion> {
  try {
    return await pacer.call((deadlineMs) => inventory.secondOpinion(scope, ids, deadlineMs));
  } catch (error) {
    if (error instanceof InventoryError) return 'unknown';
    throw error;
  }
}
