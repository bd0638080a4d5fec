import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { usePage } from '../page-context.ts';
import { chosenLanguage } from '../texts/choice.ts';
import { textsOf } from '../texts/index.ts';
import { useTab } from './use-tab.ts';

/** Soon enough for a wall, and no burden for the view. */
const RELOAD_MS = 60_000;

interface Guarded {
  readonly children: ComponentChildren;
}

/**
 * What a view of another version answers may be what a part of the page cannot draw. Without this, the
 * whole page would stay as it was, and calm, for ever.
 */
export function GuardedPart({ children }: Guarded): ComponentChildren {
  const { texts, live, address } = usePage();
  const [error, reset] = useErrorBoundary();
  // What was read or chosen since then may be what can be drawn.
  useEffect(() => {
    if (error !== undefined) reset();
  }, [live, address]);
  if (error === undefined) return children;
  return (
    <p class="refused" role="alert">
      {texts.cannotShow.part}: {String(error)}
    </p>
  );
}

/** The same for the page: what no part has caught. It loads itself again, with the page of the view of then. */
export function GuardedPage({ children }: Guarded): ComponentChildren {
  const [error] = useErrorBoundary();
  return error === undefined ? children : <BrokenPage problem={String(error)} />;
}

function BrokenPage({ problem }: { readonly problem: string }): VNode {
  const texts = textsOf(chosenLanguage());
  useTab({ kind: 'unreachable', sinceMs: 0, problem, status: 200, code: '' }, texts, null);
  useEffect(() => {
    const timer = setTimeout(() => location.reload(), RELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main class="page">
      <section class="verdict alarm" role="alert">
        <span class="mark" aria-hidden="true" />
        <div>
          <p class="sentence">{texts.cannotShow.page}</p>
          <p>{problem}</p>
          <button type="button" onClick={() => location.reload()}>
            {texts.reload}
          </button>
        </div>
      </section>
    </main>
  );
}
