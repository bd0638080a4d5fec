import { type ConfiguredChannel, findKind } from '../../shared/channels/index.ts';
import { isAddressRule } from '../../shared/channels/kind.ts';
import type { Outcome } from '../../shared/core/message.ts';

/** The host that a message was not accepted by, and the variable that names it; empty where it was. */
export function placeAfter(outcome: Outcome, channel: ConfiguredChannel | undefined): string {
  if (outcome.kind === 'delivered' || channel === undefined) return '';
  const known = findKind(channel.kind)?.variables ?? {};
  const places = Object.entries(channel.settings).flatMap(([setting, value]) => {
    const variable = known[setting];
    if (variable === undefined || !isAddressRule(variable.rule) || !URL.canParse(value)) return [];
    const own = channel.variables;
    const name = own === undefined ? variable.name : (own[setting] ?? 'WATCH_CONFIG');
    return [`${new URL(value).host}, ${name}`];
  });
  return places.length === 0 ? '' : ` [${places.join('; ')}]`;
}
