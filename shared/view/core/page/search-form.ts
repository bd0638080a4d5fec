import { outsideText, statusWord } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import type { PlainWords } from './words/words.ts';

/** Status, region and text to search for; every other parameter is kept. */
export function searchForm(
  { views, query: { given }, words }: PageData,
  counts: ReadonlyMap<string, number>,
): Html {
  const regions = [...new Set(views.map(({ scope }) => scope.regionId))];
  const others = [...given].filter(([name]) => !['status', 'region', 'text'].includes(name));
  const hidden = others.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="get" role="search" aria-label="${words.sections.instances}">
${hidden}
<label>${words.filter.status} <select name="status">${options([...counts.keys()], given.get('status'), (status) => statusWord(words, status), words)}</select></label>
<label>${words.filter.region} <select name="region">${options(regions, given.get('region'), outsideText, words)}</select></label>
<label>${words.filter.text} <input type="search" name="text" value="${given.get('text') ?? ''}"></label>
<button>${words.filter.show}</button>
</form>`;
}

/** The choices, and the chosen value even when it is none of them, such as several at once. */
function options(
  choices: readonly string[],
  chosen = '',
  wordOf: (choice: string) => string,
  words: PlainWords,
): readonly Html[] {
  const isKnown = choices.some((choice) => isSameChoice(choice, chosen));
  const all = ['', ...choices, ...(isKnown || chosen === '' ? [] : [chosen])];
  return all.map(
    (choice) =>
      html`<option value="${choice}"${isSameChoice(choice, chosen) ? html` selected` : NOTHING}>${
        choice === '' ? words.filter.any : wordOf(choice)
      }</option>`,
  );
}

function isSameChoice(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
