import type { VNode } from 'preact';
import { usePage } from '../page-context.ts';

const ADDRESSES = [
  'instances',
  'changes',
  'counts',
  'deliveries',
  'healthz',
  'metrics',
  'openapi.json',
];

export function Footer(): VNode {
  const { texts, clock, nowMs } = usePage();
  return (
    <footer class="quiet">
      <p>{texts.timeZone(clock.zone(nowMs))}</p>
      <p>
        {texts.programs}:{' '}
        {ADDRESSES.map((address) => (
          <span key={address}>
            <a href={address}>/{address}</a>{' '}
          </span>
        ))}
      </p>
    </footer>
  );
}
