import type { FaultSwitch } from './switches.ts';
import type { SwitchWords, Words } from './words/words.ts';

/** The texts of a switch; its label names the server too. */
export function switchText(
  { trouble, place }: FaultSwitch,
  words: Words,
): SwitchWords & { readonly label: string } {
  const text = words.troubles[trouble];
  return { ...text, label: words.faultOf(serverName(place, words), text.name) };
}

export function serverName(place: FaultSwitch['place'], { service, inbox }: Words): string {
  if (place === 'ecs') return service.ecs;
  if (place === 'tablestore') return service.store;
  return inbox.services[place];
}
