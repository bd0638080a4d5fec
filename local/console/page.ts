import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHANNELS } from '../channels/index.ts';
import { COLOURS, MESSAGE_STYLE } from '../channels/message-style.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { LANGUAGES } from '../languages.ts';
import { placeValue } from './acts.ts';
import type { Place } from './fleets.ts';
import type { Query } from './query.ts';
import { CONSOLE_STYLE } from './style.ts';
import { wordsOf } from './words/language.ts';

/** Where the console leads to. */
export interface Links {
  /** The page of the product, if one is served. */
  readonly page?: string;
  readonly inbox: string;
}

const STYLE = COLOURS + MESSAGE_STYLE + CONSOLE_STYLE;
const SCRIPT = readFileSync(join(__dirname, 'browser.js'), 'utf8');

/**
 * Only this style and this script, whatever markup a name might get into the page. No other page may
 * frame it: a reader could be made to press its buttons.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='%233370ff' d='M4.5 13a3.5 3.5 0 0 1-.4-7 4.5 4.5 0 0 1 8.6 1.3A3 3 0 0 1 12 13z'/></svg>";

/** The page without its parts, which the script gets from `/live`. */
export function consolePage(query: Query, places: readonly Place[], links: Links): string {
  const { language, search, channel } = query;
  const words = wordsOf(language);
  const to = (path: string): string => `${path}?lang=${language}`;
  const channels = [null, ...CHANNELS].map((name) =>
    radioHtml({
      name: 'channel',
      value: name ?? '',
      label: name === null ? words.inbox.all : words.inbox.services[name],
      isChecked: name === channel,
    }),
  );
  return html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title} · ecs-watch</title>
<link rel="icon" href="${ICON}">
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header>
<h1>${words.title}</h1>
<p class="intro">${words.intro}</p>
<p id="tick"></p>
<nav>${links.page === undefined ? NOTHING : html`<a href="${links.page}" target="_blank" class="lead">${words.page} ↗</a>`}</nav>
<fieldset class="choice"><legend class="hidden">${words.language}</legend>${Object.entries(LANGUAGES).map(([code, label]) => radioHtml({ name: 'lang', value: code, label, isChecked: code === language }))}</fieldset>
<form id="view" method="get" action="/"></form>
<form id="end-faults" method="post" action="${to('/faults/end')}"></form>
</header>
<p id="gone" role="alert" hidden>${words.gone}</p>
<noscript><p id="needs-script">${words.needsScript}</p></noscript>
<main>
<section class="fleet" aria-labelledby="instances-title">
<div class="top">
<h2 id="instances-title">${words.instances}</h2>
<div id="counts"></div>
<p id="said" role="status">${words.invitation}</p>
<div class="tools">
<input form="view" type="search" name="search" value="${search}" placeholder="${words.search}" aria-label="${words.search}" autocomplete="off">
<form method="post" action="${to('/instances/new')}" class="create">
<input name="name" maxlength="128" placeholder="${words.namePlaceholder}" aria-label="${words.name}" autocomplete="off">
${placeHtml(places, words.region)}
<button>${words.create}</button>
</form>
</div>
<details class="faults"><summary>${words.faults} <span id="faultCount"></span></summary>
<form id="faults" method="post" action="${to('/faults')}"></form>
</details>
</div>
<form method="post" action="${to('/instances')}"><ul id="instances" class="rows"></ul></form>
</section>
<section class="inbox" aria-labelledby="inbox-title">
<div class="top">
<h2 id="inbox-title">${words.inbox.title}</h2> <a href="${links.inbox}?lang=${language}" target="_blank">${words.inboxPage} ↗</a>
<fieldset class="choice"><legend class="hidden">${words.channel}</legend>${channels}</fieldset>
</div>
<div id="inbox"></div>
</section>
</main>
<script type="module">${{ markup: SCRIPT }}</script>
</body>
</html>
`.markup;
}

/** One region needs no choice. */
function placeHtml(places: readonly Place[], label: string): Html {
  const [first] = places;
  if (first === undefined) return NOTHING;
  if (places.length === 1)
    return html`<input type="hidden" name="place" value="${placeValue(first)}">`;
  const isOneAccount = places.every(({ account }) => account === first.account);
  const options = places.map((place) => {
    const value = placeValue(place);
    return html`<option value="${value}">${isOneAccount ? place.regionId : value}</option>`;
  });
  return html`<select name="place" aria-label="${label}">${options}</select>`;
}

interface Radio {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly isChecked: boolean;
}

function radioHtml({ name, value, label, isChecked }: Radio): Html {
  const checked = isChecked ? html` checked` : NOTHING;
  return html`<label><input form="view" type="radio" name="${name}" value="${value}"${checked}><span>${label}</span></label>`;
}
