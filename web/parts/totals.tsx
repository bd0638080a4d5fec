import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { cleanText } from '../../shared/core/text.ts';
import { type FilterName, withFilter } from '../core/address.ts';
import { type Totals, totalsBy, wholeTotals } from '../core/fleet.ts';
import { usePage } from '../page-context.ts';
import { Status, statusWord, toneOf } from './status.tsx';

/** More regions than that are an overview no longer; the filter beside the table has them all. */
const MAX_BARS = 12;
/** The statuses of a bar, from the left. */
const ORDER = ['stopped', 'moving', 'other', 'running'];

/** The fleet by status and by region; a click shows only those. */
export function TotalsSection(): VNode {
  const { live } = usePage();
  const { fleet, isWhole } = live;
  const { statuses } = useMemo(() => wholeTotals(live), [fleet, isWhole]);
  const regions = useMemo(
    // The view counts no regions: those of a part of the fleet would be wrong.
    () => (isWhole ? totalsBy(fleet.values(), ({ regionId }) => regionId).slice(0, MAX_BARS) : []),
    [fleet, isWhole],
  );
  const ordered = [...statuses].sort(
    ([one], [other]) => ORDER.indexOf(toneOf(one)) - ORDER.indexOf(toneOf(other)),
  );
  return (
    <section class="totals">
      <ul class="pills">
        {ordered.map(([status, count]) => (
          <li key={status}>
            <Choice name="status" value={status}>
              <Status status={status} /> <b>{count.toLocaleString('en-US')}</b>
            </Choice>
          </li>
        ))}
      </ul>
      {regions.length > 0 && (
        <ul class="bars">
          {regions.map((totals) => (
            <li key={totals.key}>
              <Choice name="region" value={totals.key}>
                <span class="label">
                  <bdi>{cleanText(totals.key)}</bdi> <b>{totals.total.toLocaleString('en-US')}</b>
                </span>
                <Bar totals={totals} />
              </Choice>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A button that filters by a value, or no longer, if it does already. */
function Choice(props: {
  readonly name: FilterName;
  readonly value: string;
  readonly children: unknown;
}): VNode {
  const { address, go } = usePage();
  const { name, value } = props;
  const isChosen = address.filter.get(name) === value;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={() => go(withFilter(address, name, isChosen ? '' : value))}
    >
      {props.children as VNode}
    </button>
  );
}

function Bar({ totals: { total, statuses } }: { readonly totals: Totals }): VNode {
  const { texts } = usePage();
  const parts = [...statuses].sort(
    ([one], [other]) => ORDER.indexOf(toneOf(one)) - ORDER.indexOf(toneOf(other)),
  );
  const words = parts.map(([status, count]) => `${statusWord(texts, status)} ${count}`);
  return (
    <svg
      class="bar"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="img"
      aria-label={words.join(', ')}
    >
      {parts.map(([status, count], index) => {
        const before = parts.slice(0, index).reduce((sum, [, own]) => sum + own, 0);
        return (
          <rect
            key={status}
            class={toneOf(status)}
            x={(100 * before) / total}
            y="0"
            width={(100 * count) / total}
            height="4"
          />
        );
      })}
    </svg>
  );
}
