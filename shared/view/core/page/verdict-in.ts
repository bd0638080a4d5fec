import { cleanName } from '../../../core/text.ts';
import { isoTime } from '../../../core/time.ts';
import { oldest } from '../freshness.ts';
import { countStatuses } from '../status-counts.ts';
import { LATELY_MS, type Verdict, verdictOf } from '../verdict.ts';
import type { PageData } from './page-data.ts';

const MAX_NAME_LENGTH = 32;

/** Is anything wrong, as far as the stored state says it. */
export function verdictIn({ views, channels, nowMs }: PageData): Verdict {
  const all = views.flatMap(({ snapshot }) => [...snapshot.instances]);
  const lately = all
    .filter(([, { status, sinceMs, sinceKnown }]) => {
      return status === 'Stopped' && sinceKnown === true && sinceMs >= nowMs - LATELY_MS;
    })
    .sort(([, one], [, other]) => other.sinceMs - one.sinceMs);
  // What was found and not seen to begin, at the beginning of watching or after a pause, says since when
  // the watcher knows: an instance may have stopped in the moment before.
  const found = all.filter(([, { sinceKnown }]) => sinceKnown !== true);
  const foundAgoMs = found.map(([, { sinceMs }]) => Math.max(0, nowMs - sinceMs));
  const instances = all.map(([, instance]) => instance);
  return verdictOf({
    freshness: oldest(views.map(({ freshness }) => freshness)),
    scopes: views.map(({ scope, freshness }) => ({ scope: scope.key, ...freshness })),
    totals: { total: instances.length, statuses: countStatuses(instances) },
    justStopped: lately.map(([id, { name = '' }]) => cleanName(name, MAX_NAME_LENGTH) || id),
    calmMs: Math.min(LATELY_MS, ...foundAgoMs),
    health: { channels, scopes: views.map(({ scope, health }) => holdIn(scope.key, health?.hold)) },
    lost: null,
  });
}

type Hold = { readonly missing: number; readonly scans: number; readonly sinceMs: number };

function holdIn(scope: string, hold: Hold | null | undefined) {
  if (hold === null || hold === undefined) return { scope };
  const { missing, scans, sinceMs } = hold;
  return { scope, hold: { missing, scans, since: isoTime(sinceMs) } };
}
