import { watchHandler } from '../../functions/watch/index.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { environmentOf, type LocalCloud, newWatch } from '../local-cloud.ts';

/** The replica shows a state that is 90 to 150 seconds old, so the baseline must be older than that. */
const AGO_MS = 4 * 60_000;

/** A watcher whose baseline was taken four minutes ago. */
export async function settledWatch(cloud: LocalCloud): Promise<() => Promise<unknown>> {
  const { accessKeyId, accessKeySecret } = cloud;
  const runtime = { ...SYSTEM_RUNTIME, now: () => SYSTEM_RUNTIME.now() - AGO_MS };
  const past = watchHandler(environmentOf(cloud), () => undefined, runtime);
  await past(Buffer.from('{}'), { credentials: { accessKeyId, accessKeySecret } });
  const tick = newWatch(cloud);
  await tick();
  return tick;
}
