import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import type { ChannelHealth, ScopeHealth } from '../../shared/view/core/freshness.ts';
import { usePage } from '../page-context.ts';
import { Fold } from './fold.tsx';
import { Ago } from './time.tsx';

/** How the watcher itself is doing, and what to do about it. */
export function HealthSection(): VNode | null {
  const { live, texts, address } = usePage();
  const { scopes = [], channels = [] } = live.health ?? {};
  // How the watcher was doing in the past is not recorded.
  if (address.atMs !== null) return null;
  return (
    <Fold id="health" title={texts.sections.health}>
      {() => (
        <>
          <ul class="health">
            {scopes.map((scope) => (
              <ScopeCard key={scope.scope} {...scope} />
            ))}
            {channels.map((channel) => (
              <ChannelCard key={channel.channel} {...channel} />
            ))}
          </ul>
          {live.health !== null && channels.length === 0 && <p class="quiet">{texts.noChannels}</p>}
        </>
      )}
    </Fold>
  );
}

function ScopeCard(scope: ScopeHealth): VNode {
  const { texts } = usePage();
  const { lastGoodAt, failures, reason = '', stale, healthy, rests, hold } = scope;
  const trouble = [
    ...(failures > 0 ? [texts.scanFailing(failures, cleanText(reason))] : []),
    ...(stale ? [texts.scanStale] : []),
    ...(hold === undefined ? [] : [texts.scanHeld(hold.missing)]),
  ];
  return (
    <li class={healthy ? '' : 'bad'}>
      <h3>
        <bdi>{cleanText(scope.scope)}</bdi>
      </h3>
      <p>
        {texts.scan.age}: {lastGoodAt === null ? texts.never : <Ago ms={Date.parse(lastGoodAt)} />}
      </p>
      <p>
        {trouble.length === 0
          ? rests === true
            ? texts.scanRests
            : texts.scanWell
          : trouble.join(' · ')}
      </p>
      {!healthy && <p class="quiet">{texts.scanAdvice}</p>}
    </li>
  );
}

function ChannelCard(channel: ChannelHealth): VNode {
  const { texts } = usePage();
  const { backlog, failures, problem = '', deliveredAt, setAside = [] } = channel;
  return (
    <li class={failures > 0 ? 'bad' : ''}>
      <h3>
        <bdi>{cleanText(channel.channel)}</bdi>
      </h3>
      <p>
        {texts.channel.delivered}:{' '}
        {deliveredAt === null ? texts.never : <Ago ms={Date.parse(deliveredAt)} />} ·{' '}
        {texts.channel.waiting}: {backlog}
      </p>
      <p>{failures > 0 ? texts.channelFailing(failures, cleanText(problem)) : texts.channelWell}</p>
      {setAside.length > 0 && <p>{texts.channelSetAside(setAside.length)}</p>}
      {failures > 0 && <p class="quiet">{texts.channelAdvice}</p>}
    </li>
  );
}
