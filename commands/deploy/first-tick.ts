import type { WatchReport } from '../../shared/watch/report.ts';
import { printTick } from '../print-tick.ts';
import { withProgress } from '../progress.ts';
import { ControlError } from '../setup/refusal.ts';
import { printAll, type World } from '../setup/world.ts';
import type { FunctionCompute } from './function-compute.ts';

const TICK_EVENT = JSON.stringify({ triggerName: 'deploy', payload: '' });
const SETUP = 'npm run setup makes them, and says what is missing';

/** Runs a tick of the watch function, and prints what it saw. Undefined: it could not be run, or failed. */
export async function firstTick(
  name: string,
  compute: Pick<FunctionCompute, 'invoke'>,
  world: Pick<World, 'runtime' | 'print'>,
): Promise<WatchReport | undefined> {
  try {
    const text = await withProgress(
      () => 'Running a tick',
      () => invokeWhenFree(name, compute, world),
    );
    const report = JSON.parse(text) as WatchReport;
    printAll(['', 'A tick:', ...printTick(report).split('\n')], world);
    return report;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const next = isBusy(error)
      ? `A tick of the timer has run all the while: npm run doctor says what became of it.`
      : `Roles and tables: ${SETUP}.`;
    printAll(['', `The tick failed: ${error.message}`, next], world);
    return undefined;
  }
}

/** A tick of the timer has ended by then: the function may run for 50 seconds (s.yaml). */
const BUSY_MS = 60_000;
const PAUSE_MS = 2_000;

/** The function has one instance: as long as the timer's tick runs, Function Compute refuses another. */
async function invokeWhenFree(
  name: string,
  compute: Pick<FunctionCompute, 'invoke'>,
  { runtime }: Pick<World, 'runtime'>,
): Promise<string> {
  const deadlineMs = runtime.now() + BUSY_MS;
  for (;;) {
    try {
      return await compute.invoke(name, TICK_EVENT);
    } catch (error) {
      if (!isBusy(error) || runtime.now() >= deadlineMs) throw error;
      await runtime.sleep(PAUSE_MS);
    }
  }
}

/** Source: Function Compute "Error codes", 429. */
function isBusy(error: unknown): boolean {
  return error instanceof ControlError && /^(?:ResourceExhausted|Throttl)/u.test(error.code);
}
