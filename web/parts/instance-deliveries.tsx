import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import type { DeliveriesAnswer } from '../core/answers.ts';
import { usePage } from '../page-context.ts';
import { Time } from './time.tsx';
import { useAnswer } from './use-answer.ts';

/** Attempts that are searched for the instance's changes. */
const SEARCHED = 500;

/** The messages that reported an instance. `commits`: those that its changes are in, as `scope/seq`. */
export function InstanceDeliveries({ commits }: { readonly commits: readonly string[] }): VNode {
  const { texts } = usePage();
  const asked = useAnswer<DeliveriesAnswer>(`deliveries?limit=${SEARCHED}`, commits[0]);
  if (asked.kind === 'asking') return <p class="quiet">…</p>;
  if (asked.kind === 'failed') {
    const { status, message } = asked.error;
    return <p class="quiet">{status === 403 ? texts.hiddenDeliveries : message}</p>;
  }
  const own = new Set(commits);
  const found = asked.json.deliveries.filter((delivery) =>
    delivery.commits?.some((commit) => own.has(commit)),
  );
  if (found.length === 0) return <p class="quiet">{texts.noDeliveries}</p>;
  return (
    <ul class="deliveries">
      {found.map(({ channel, at, verdict = '', reason }) => (
        <li key={`${channel} ${at}`}>
          <Time ms={Date.parse(at)} /> <b>{cleanText(channel)}</b> {texts.outcome(verdict)}
          {reason != null && reason !== '' && <span class="quiet"> {cleanText(reason)}</span>}
        </li>
      ))}
    </ul>
  );
}
