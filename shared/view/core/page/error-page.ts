import type { ErrorBody } from '../reply.ts';
import { documentOf } from './document.ts';
import { html, NOTHING } from './html.ts';
import { refreshTag } from './refresh.ts';
import type { PlainWords } from './words/words.ts';

/** `refreshes`: the failure may pass, and a page on a wall must not stay with it. */
export function errorPage(
  { code, message }: ErrorBody,
  { words, refreshes }: { readonly words: PlainWords; readonly refreshes: boolean },
): string {
  return documentOf(
    words.tag,
    `${code} · ecs-watch`,
    refreshTag({ refreshes }),
    html`<header><h1>ecs-watch</h1></header>
<main>
<h2>${words.notShown}</h2>
<p>${code}${words.colon}${message}</p>
${refreshes ? html`<p>${words.triesAgain}</p>` : NOTHING}
<p><a href="?">${words.startAgain}</a></p>
</main>`,
  );
}
