import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Call } from './core/call.ts';
import { ControlError } from './refusal.ts';

/** What the executor needs to know of a step. */
interface Planned {
  readonly what: string;
  readonly calls: readonly Call[];
  readonly needs: readonly string[];
}

export type Outcome<T extends Planned> =
  | { readonly step: T; readonly result: 'kept' | 'done' }
  | { readonly step: T; readonly result: 'failed' | 'skipped'; readonly words: string };

export interface Performing {
  perform(call: Call): Promise<void>;
  readonly runtime: Pick<Runtime, 'sleep'>;
}

/** What was just made may take a moment until every server of the service knows it. */
const PAUSE_MS = 3_000;
const MAX_TRIES = 30;
/** Source: RAM and Tablestore "Error codes": a new thing is not there yet, a table or instance not ready. */
const NOT_YET =
  /^(?:Throttling|EntityNotExist|OTSTableNotReady|OTSPartitionUnavailable|OTSServerBusy)/u;
const NEW_INSTANCE = /not (?:found|exist|running)|acl/iu;

/**
 * Carries out steps in their order. One that fails keeps only those from being tried that need it: the next
 * run finds what was done, and does the rest.
 *
 * @param isProblem of a step without calls: those that need it cannot be tried either
 */
export async function carryOut<T extends Planned>(
  steps: readonly T[],
  performing: Performing,
  isProblem: (step: T) => boolean,
): Promise<readonly Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  const bad = new Set<string>();
  for (const step of steps) {
    const missing = step.needs.filter((need) => bad.has(need));
    const outcome = await outcomeOf(step, missing, performing);
    if (outcome.result === 'failed' || outcome.result === 'skipped' || isProblem(step)) {
      bad.add(step.what);
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

async function outcomeOf<T extends Planned>(
  step: T,
  missing: readonly string[],
  { perform, runtime }: Performing,
): Promise<Outcome<T>> {
  if (step.calls.length === 0) return { step, result: 'kept' };
  if (missing.length > 0) {
    return { step, result: 'skipped', words: `needs ${missing.join(' and ')}` };
  }
  try {
    for (const call of step.calls) await patiently(() => perform(call), runtime);
    return { step, result: 'done' };
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return { step, result: 'failed', words: error.message };
  }
}

/** Tries again while the service does not know yet what was just made or opened. */
export async function patiently<T>(
  work: () => Promise<T>,
  runtime: Performing['runtime'],
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isNotYet(error) || tries >= MAX_TRIES) throw error;
      await runtime.sleep(PAUSE_MS);
    }
  }
}

function isNotYet(error: unknown): boolean {
  if (!(error instanceof ControlError)) return false;
  const { code, message } = error;
  return NOT_YET.test(code) || (code === 'OTSAuthFailed' && NEW_INSTANCE.test(message));
}
