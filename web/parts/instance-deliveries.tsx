import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { DeliveriesAnswer } from '../core/answers.ts';
import { deliveriesOf, isAwaited } from '../core/deliveries.ts';
import { usePage } from '../page-context.ts';
import { Time } from './time.tsx';
import { useAnswer } from './use-answer.ts';

/** Attempts that are searched for the instance's changes. */
const SEARCHED = 500;

/** The messages that reported an instance. `changes`: those of the instance, the newest first. */
export function InstanceDeliveries(props: { readonly changes: readonly ChangeJson[] }): VNode {
  const { texts, nowMs, address } = usePage();
  const { changes } = props;
  const asked = useAnswer<DeliveriesAnswer>(`deliveries?limit=${SEARCHED}`, {
    version: changes[0]?.id,
    // The tick that records a change delivers it a moment later.
    isOpen: ({ deliveries }) => address.atMs === null && isAwaited(deliveries, changes, nowMs),
  });
  if (asked.kind === 'asking') return <p class="quiet">…</p>;
  if (asked.kind === 'failed') {
    const { status, message } = asked.error;
    return <p class="quiet">{status === 403 ? texts.hiddenDeliveries : message}</p>;
  }
  const found = deliveriesOf(asked.json.deliveries, changes).filter(
    ({ at }) => address.atMs === null || Date.parse(at) <= address.atMs,
  );
  if (found.length === 0) return <p class="quiet">{texts.noDeliveries}</p>;
  return (
    <ul class="deliveries">
      {found.map(({ channel, inPlaceOf, at, verdict = '', reason }) => (
        <li key={`${channel} ${inPlaceOf} ${at}`}>
          <Time ms={Date.parse(at)} /> <b>{texts.channel(channel)}</b>
          {inPlaceOf !== undefined && texts.inPlaceOf(texts.channel(inPlaceOf))}{' '}
          {texts.outcome(verdict)}
          {reason != null && reason !== '' && <span class="quiet"> {cleanText(reason)}</span>}
        </li>
      ))}
    </ul>
  );
}
