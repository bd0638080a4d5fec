import { type ChannelName, receiverKind } from '../channels/receivers.ts';
import type { FaultSwitch } from './switches.ts';
import type { SwitchWords, Words } from './words/words.ts';

/** The texts of a switch; its label names the server too. */
export function switchText(
  { trouble, place }: FaultSwitch,
  words: Words,
): SwitchWords & { readonly label: string } {
  const text = words.troubles[trouble];
  return { ...text, label: `${serverName(place, words)}: ${text.name}` };
}

function serverName(place: FaultSwitch['place'], { service }: Words): string {
  if (place === 'ecs') return service.ecs;
  if (place === 'tablestore') return service.store;
  return receiverName(place);
}

export const receiverName = (name: ChannelName): string => receiverKind(name).service;
