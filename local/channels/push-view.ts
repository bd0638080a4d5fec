import { html } from '../html.ts';
import type { Drawing, JsonObject } from './receiver.ts';

/** What a push service shows: a title, and a text below it. */
export interface Push {
  readonly title: string;
  readonly text: string;
}

/** Draws what a body says. `pushIn` throws for a body that is no message. */
export function pushDrawing(pushIn: (body: string) => Push): Drawing {
  return {
    textOf: (body) => linesOf(pushIn(body)).join('\n'),
    pushOf: (body) => linesOf(pushIn(body)).join('\n'),
    htmlOf(body) {
      const { title, text } = pushIn(body);
      return html`<p class="heading heading-3">${title}</p><p class="plain">${text}</p>`;
    },
  };
}

function linesOf({ title, text }: Push): readonly string[] {
  return [title, text].filter((part) => part !== '');
}

/** The members of a JSON body that are texts, by their names. */
export function pushOfJson(title: string, text: string): (body: string) => Push {
  return (body) => {
    const message: JsonObject = JSON.parse(body);
    return { title: String(message[title] ?? ''), text: String(message[text] ?? '') };
  };
}
