import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import { atMoment } from '../core/address.ts';
import { usePage } from '../page-context.ts';

/** The past must not be taken for the present. */
export function MomentBanner({ atMs }: { readonly atMs: number }): VNode {
  const { address, go, texts, clock, live } = usePage();
  const isShown = live.lost?.isOver !== true;
  const time = `${clock.time(atMs, 0)} (${clock.utc(atMs)})`;
  return (
    <section class="moment" role="status">
      <div>
        <p>
          <strong>{isShown ? texts.momentBanner(time) : texts.noMoment(time)}</strong>
        </p>{' '}
        {isShown && <p>{texts.shareMoment}</p>}
      </div>
      <button type="button" onClick={() => go(atMoment(address, null))}>
        {texts.backToNow}
      </button>
    </section>
  );
}

/** A reader who asked for a moment must not take the present for it. */
export function RefusedMoment({ text }: { readonly text: string }): VNode {
  const { address, go, texts } = usePage();
  return (
    <section class="moment" role="alert">
      <div>
        <strong>{texts.refusedMoment(cleanText(text))}</strong>
      </div>
      <button type="button" onClick={() => go(atMoment(address, null))}>
        {texts.backToNow}
      </button>
    </section>
  );
}
