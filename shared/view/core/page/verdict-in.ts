import { isoTime } from '../../../core/time.ts';
import { oldest } from '../freshness.ts';
import { latelyIn } from '../lately.ts';
import { countStatuses } from '../status-counts.ts';
import { type Verdict, verdictOf } from '../verdict.ts';
import type { PageData } from './page-data.ts';

/** Is anything wrong, as far as the stored state says it. */
export function verdictIn({ views, channels, nowMs }: PageData): Verdict {
  const rows = views.flatMap(({ snapshot }) =>
    [...snapshot.instances].map(([instanceId, instance]) => ({ instanceId, instance })),
  );
  const instances = rows.map(({ instance }) => instance);
  return verdictOf({
    freshness: oldest(views.map(({ freshness }) => freshness)),
    scopes: views.map(({ scope, freshness }) => ({ scope: scope.key, ...freshness })),
    totals: { total: instances.length, statuses: countStatuses(instances) },
    ...latelyIn(rows, nowMs),
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
