import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { atMoment, parametersOf } from '../core/address.ts';
import type { CountsAnswer } from '../core/answers.ts';
import { totalsOf } from '../core/fleet.ts';
import { stackedCounts } from '../core/stacked.ts';
import { watchedSinceOf } from '../core/strips.ts';
import {
  countsQuery,
  RANGE_NAMES,
  TIME_RANGES,
  type TimeRange,
  usualRange,
} from '../core/time-ranges.ts';
import { usePage } from '../page-context.ts';
import { Fold } from './fold.tsx';
import { MomentSlider } from './moment-slider.tsx';
import { Plot } from './plot.tsx';
import { toneOf } from './status.tsx';
import { useAnswer } from './use-answer.ts';

/** What stands lowest in the plot comes first. */
const TONES = ['stopped', 'moving', 'other', 'running'];
/** The filters that `/counts` has, too. */
const SCOPE_FILTERS = ['scope', 'account', 'region'] as const;

/** The fleet over time, and a slider that shows the whole page as of any moment. */
export function TimeSection({ presentMs }: { readonly presentMs: number }): VNode {
  const { texts } = usePage();
  return (
    <Fold id="time" title={texts.sections.time}>
      {() => <TimeTravel presentMs={presentMs} />}
    </Fold>
  );
}

function TimeTravel({ presentMs }: { readonly presentMs: number }): VNode {
  const { address, go, texts, live } = usePage();
  const [chosen, setRange] = useState<TimeRange | null>(null);
  const range = chosen ?? usualRange(watchedSinceOf(live.notices), presentMs);
  const { spanMs, stepSeconds } = TIME_RANGES[range];
  const stepMs = stepSeconds * 1_000;
  // A plot that slid on with every second would be asked for with every second.
  const untilMs = Math.floor(presentMs / stepMs) * stepMs;
  const scopes = scopeQuery(address);
  const asked = useAnswer<CountsAnswer>(countsQuery(range, untilMs) + scopes, {
    subject: range + scopes,
  });
  const stacked = useMemo(
    () =>
      asked.kind === 'answer'
        ? stackedCounts(withPresent(asked.json), (status) => TONES.indexOf(toneOf(status)))
        : null,
    [asked, live.fleet],
  );
  function withPresent(answer: CountsAnswer): CountsAnswer {
    if (address.atMs !== null || !live.isWhole) return answer;
    const now = { at: new Date(presentMs).toISOString(), counts: countsOf(live.fleet.values()) };
    return { ...answer, points: [...answer.points, now] };
  }
  return (
    <>
      <fieldset class="ranges">
        <legend class="hidden">{texts.sections.time}</legend>
        {RANGE_NAMES.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === range}
            onClick={() => setRange(name)}
          >
            {texts.ranges[name]}
          </button>
        ))}
      </fieldset>
      {asked.kind === 'failed' && <p class="refused">{asked.error.message}</p>}
      {stacked !== null && stacked.layers.length === 0 && <p class="quiet">{texts.noCounts}</p>}
      {stacked !== null && stacked.layers.length > 0 && (
        <Plot stacked={stacked} atMs={address.atMs} pick={(ms) => go(atMoment(address, ms))} />
      )}
      <MomentSlider presentMs={presentMs} spanMs={spanMs} />
    </>
  );
}

function countsOf(rows: Iterable<InstanceRow>): Readonly<Record<string, number>> {
  return Object.fromEntries(totalsOf(rows).statuses);
}

function scopeQuery({ filter }: ReturnType<typeof usePage>['address']): string {
  const own = new Map(
    [...filter].filter(([name]) => SCOPE_FILTERS.some((other) => other === name)),
  );
  const text = parametersOf({ filter: own, sort: '' }).toString();
  return text === '' ? '' : `&${text}`;
}
