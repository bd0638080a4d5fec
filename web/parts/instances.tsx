import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { scopeOf } from '../core/answers.ts';
import { choiceOf, chooseRows, orderRows } from '../core/selection.ts';
import { recentChanges, watchedSinceOf } from '../core/strips.ts';
import { usePage } from '../page-context.ts';
import { InstancesTable } from './instances-table.tsx';
import { Toolbar } from './toolbar.tsx';

const MINUTE_MS = 60_000;

/** The instances that the address asks for. */
export function InstancesSection(): VNode {
  const { address, live, texts, nowMs } = usePage();
  const { fleet, scopes, changes } = live;
  const minute = Math.floor(nowMs / MINUTE_MS);
  const choice = useMemo(() => choiceOf(address, scopes.map(scopeOf)), [address.filter, scopes]);
  const ordered = useMemo(() => orderRows(fleet.values(), address.sort), [fleet, address.sort]);
  const rows = useMemo(
    () => (choice.kind === 'filter' ? chooseRows(ordered, choice.filter, minute * MINUTE_MS) : []),
    [ordered, choice, minute],
  );
  const recent = useMemo(() => recentChanges(changes.toReversed()), [changes]);
  const watchedSince = useMemo(() => watchedSinceOf(live.notices), [live.notices]);
  const isRefused = choice.kind === 'refused' && scopes.length > 0;
  return (
    <section aria-labelledby="instances">
      <h2 id="instances">{texts.sections.instances}</h2>
      <Toolbar shown={rows.length} />
      {isRefused && (
        <p class="refused" role="alert">
          <strong>{texts.refusedFilter}:</strong> {choice.problems.join('; ')}
        </p>
      )}
      {rows.length === 0 && live.isWhole && !isRefused && <p class="quiet">{texts.noRows}</p>}
      <InstancesTable rows={rows} recent={recent} watchedSince={watchedSince} />
    </section>
  );
}
