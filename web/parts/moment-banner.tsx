import type { VNode } from 'preact';
import { usePage } from '../page-context.ts';

/** The past must not be taken for the present. */
export function MomentBanner({ atMs }: { readonly atMs: number }): VNode {
  const { address, go, texts, clock } = usePage();
  return (
    <section class="moment" role="status">
      <p>
        <strong>{texts.momentBanner(`${clock.time(atMs, 0)} (${clock.utc(atMs)})`)}</strong>
      </p>
      <p>{texts.shareMoment}</p>
      <button type="button" onClick={() => go({ ...address, atMs: null })}>
        {texts.backToNow}
      </button>
    </section>
  );
}
