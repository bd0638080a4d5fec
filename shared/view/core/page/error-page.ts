import type { ErrorBody } from '../reply.ts';
import { documentOf } from './document.ts';
import { html, NOTHING } from './html.ts';

export function errorPage({ code, message }: ErrorBody): string {
  return documentOf(
    'en',
    `${code} · ecs-watch`,
    NOTHING,
    html`<header><h1>ecs-watch</h1></header>
<main>
<h2>${code}</h2>
<p>${message}</p>
<p><a href="?">Start again</a></p>
</main>`,
  );
}
