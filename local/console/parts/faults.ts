import { type Html, html, NOTHING } from '../../html.ts';
import type { FaultPlaces } from '../fault-places.ts';
import { serverName, switchText } from '../switch-text.ts';
import {
  countFaults,
  ECS_SWITCHES,
  type FaultSwitch,
  isOn,
  RECEIVER_SWITCHES,
  STORE_SWITCHES,
} from '../switches.ts';
import type { Words } from '../words/words.ts';

/** How many faults there are, and the switches. */
export function faultParts(
  places: FaultPlaces,
  words: Words,
): { readonly faultCount: Html; readonly faults: Html } {
  const count = countFaults(places);
  const { ecs, store, receivers } = words.service;
  const line = (one: FaultSwitch): Html => lineHtml(one, places, words);
  const end = html`<p data-key="end"><button form="end-faults" id="end-all">${words.endAll}</button></p>`;
  return {
    faultCount: html`<span data-key="count" class="${count === 0 ? 'calm' : 'broken'}">${words.faultsOn(count)}</span>`,
    faults: html`<section data-key="ecs"><h3>${ecs}</h3>${ECS_SWITCHES.map(line)}</section>
<section data-key="store"><h3>${store}</h3>${STORE_SWITCHES.map(line)}</section>
<section data-key="receivers"><h3>${receivers}</h3>${[...RECEIVER_SWITCHES.values()].map((group) => groupHtml(group, places, words))}</section>
${count === 0 ? NOTHING : end}`,
  };
}

function lineHtml(one: FaultSwitch, places: FaultPlaces, words: Words): Html {
  const { name, effect } = switchText(one, words);
  return html`<div class="fault">${switchHtml(one, name, places, words)}<p id="${one.name}-effect">${effect}</p></div>`;
}

/** The same trouble for each receiver. */
function groupHtml(group: readonly FaultSwitch[], places: FaultPlaces, words: Words): Html {
  const [first] = group;
  if (first === undefined) return NOTHING;
  const { name, effect } = switchText(first, words);
  const switches = group.map((one) => switchHtml(one, serverName(one.place, words), places, words));
  return html`<div class="fault"><b>${name}</b><p id="${first.trouble}-effect">${effect}</p><div class="switches">${switches}</div></div>`;
}

function switchHtml(one: FaultSwitch, text: string, places: FaultPlaces, words: Words): Html {
  const on = isOn(one, places);
  const { label } = switchText(one, words);
  return html`<button role="switch" id="${one.name}" name="${one.name}" value="${on ? 'off' : 'on'}" aria-checked="${String(on)}" aria-label="${label}" aria-describedby="${one.trouble}-effect">${text}</button>`;
}
