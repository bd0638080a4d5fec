import type { VNode } from 'preact';
import { levelOf, type Verdict } from '../../shared/view/core/verdict.ts';
import { usePage } from '../page-context.ts';

/** One sentence and one colour: is anything wrong? */
export function VerdictBanner({
  verdict,
  retry,
  presentMs,
}: {
  readonly verdict: Verdict;
  readonly retry: () => void;
  /** By the view's clock, also while the page shows the past. */
  readonly presentMs: number;
}): VNode {
  const { texts, clock, live, nowMs } = usePage();
  const { text, advice } = texts.verdict(verdict, {
    nowMs: verdict.kind === 'unreachable' ? presentMs : nowMs,
    duration: (ms) => `${BESIDE}${texts.duration(ms)}${BESIDE}`,
    time: (ms) => clock.time(ms, nowMs),
  });
  const level = levelOf(verdict);
  const { lost } = live;
  return (
    <section class={`verdict ${level}`} role={level === 'alarm' ? 'alert' : 'status'}>
      <span class="mark" aria-hidden="true" />
      <div>
        <p class="sentence">
          <span class="hidden">{texts.levels[level]}: </span>
          {quietly(text)}
        </p>
        {advice !== '' && <p>{quietly(advice)}</p>}
        {lost !== null && (
          <p>
            {texts.lost(lost.problem, lost.status)}{' '}
            {lost.status === 401 ? (
              <button type="button" onClick={() => location.reload()}>
                {texts.signIn}
              </button>
            ) : (
              <button type="button" onClick={retry}>
                {texts.retry}
              </button>
            )}
          </p>
        )}
      </div>
    </section>
  );
}

/** Before and behind what counts up. */
const BESIDE = '\u0000';

/** A screen reader says the sentence when it changes, and not each second that is counted in it. */
function quietly(text: string): readonly (VNode | string)[] {
  return text.split(BESIDE).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <span key={index} aria-live="off">
        {part}
      </span>
    ),
  );
}
