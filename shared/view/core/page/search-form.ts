import type { ScopeView } from '../fleet.ts';
import type { PageQuery } from '../queries/page.ts';
import { outsideText } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';

/** Status, region and text to search for; every other parameter is kept. */
export function searchForm(
  views: readonly ScopeView[],
  { given }: PageQuery,
  counts: ReadonlyMap<string, number>,
): Html {
  const regions = [...new Set(views.map(({ scope }) => scope.regionId))];
  const others = [...given].filter(([name]) => !['status', 'region', 'text'].includes(name));
  const hidden = others.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="get" role="search" aria-label="Instances">
${hidden}
<label>Status <select name="status">${options([...counts.keys()], given.get('status'))}</select></label>
<label>Region <select name="region">${options(regions, given.get('region'))}</select></label>
<label>Name, id or address <input type="search" name="text" value="${given.get('text') ?? ''}"></label>
<button>Show</button>
</form>`;
}

/** The choices, and the chosen value even when it is none of them, such as several at once. */
function options(choices: readonly string[], chosen = ''): readonly Html[] {
  const isKnown = choices.some((choice) => isSameChoice(choice, chosen));
  const all = ['', ...choices, ...(isKnown || chosen === '' ? [] : [chosen])];
  return all.map(
    (choice) =>
      html`<option value="${choice}"${isSameChoice(choice, chosen) ? html` selected` : NOTHING}>${
        choice === '' ? 'any' : outsideText(choice)
      }</option>`,
  );
}

function isSameChoice(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
