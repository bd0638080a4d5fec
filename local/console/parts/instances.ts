import type { Instance } from '../../ecs/index.ts';
import { type Html, html, NOTHING } from '../../html.ts';
import { ACTS } from '../acts.ts';
import { allInstances, type Fleets, isAllowed, matcher, type OwnedInstance } from '../fleets.ts';
import type { Act, Words } from '../words/words.ts';

/** More rows would make the page slow and find nothing: that is what the search is for. */
export const MAX_SHOWN_INSTANCES = 100;

/** Colour never says alone what a status is: each has a sign and a word too. */
const SIGNS: Readonly<Record<Instance['status'], string>> = {
  Pending: '◌',
  Starting: '◔',
  Running: '●',
  Stopping: '◕',
  Stopped: '■',
};

/** The instances that match, and how many there are in each status. */
export function instanceParts(
  fleets: Fleets,
  search: string,
  words: Words,
): { readonly counts: Html; readonly instances: Html } {
  const all = allInstances(fleets);
  const matching = all.filter(matcher(search, words));
  const shown = matching.slice(0, MAX_SHOWN_INSTANCES);
  const note = matching.length === 0 ? words.noMatch : words.shown(shown.length, matching.length);
  return {
    counts: countsHtml(all, words),
    instances: html`${shown.map((owned) => rowHtml(owned, fleets.size > 1, words))}
${note === '' ? NOTHING : html`<li data-key="note" class="note">${note}</li>`}`,
  };
}

function countsHtml(all: readonly OwnedInstance[], words: Words): Html {
  const byStatus = new Map<Instance['status'], number>();
  for (const { instance } of all) {
    byStatus.set(instance.status, (byStatus.get(instance.status) ?? 0) + 1);
  }
  const counts = Object.entries(SIGNS).flatMap(([key, sign]) => {
    const status = key as Instance['status'];
    const count = byStatus.get(status) ?? 0;
    if (count === 0) return [];
    return [
      html` <span class="${status}"><span aria-hidden="true">${sign}</span> ${count} ${words.statuses[status]}</span>`,
    ];
  });
  return html`<p data-key="counts"><b>${words.counted(all.length)}</b>${counts}</p>`;
}

function rowHtml({ account, instance }: OwnedInstance, showsAccount: boolean, words: Words): Html {
  const { id, name, status, zoneId, privateIp } = instance;
  const where = [id, zoneId, privateIp, ...(showsAccount ? [account] : [])].join(' · ');
  return html`<li data-key="${id}" class="row">
<span class="sign ${status}" aria-hidden="true">${SIGNS[status]}</span>
<span class="who"><b><bdi>${name}</bdi></b> <small>${where}</small></span>
<span class="status ${status}">${words.statuses[status]}</span>
<span class="acts">${ACTS.map((act) => buttonHtml(act, instance, words))}</span>
</li>`;
}

/** A button that may not be pressed keeps its place, and the focus of the reader who pressed it. */
function buttonHtml(act: Act, instance: Instance, words: Words): Html {
  const { id, name } = instance;
  const label = words.acts[act];
  return html`<button id="${act}-${id}" name="${act}" value="${id}" class="${act}" aria-disabled="${String(!isAllowed(act, instance))}" aria-label="${label} ${name}">${label}</button>`;
}
