import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import type { ChannelHealth, ScopeHealth } from '../../shared/view/core/health-json.ts';
import { usePage } from '../page-context.ts';
import type { Texts } from '../texts/texts.ts';
import { Fold } from './fold.tsx';
import { Ago, Time } from './time.tsx';

/** How the watcher itself is doing, and what to do about it. */
export function HealthSection(): VNode | null {
  const { live, texts, address } = usePage();
  const { scopes = [], channels } = live.health ?? {};
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
            {channels?.map((channel) => (
              <ChannelCard key={channel.channel} {...channel} />
            ))}
          </ul>
          {live.health !== null && channels === undefined && (
            <p class="quiet">{texts.hiddenHealth}</p>
          )}
          {channels?.length === 0 && <p class="quiet">{texts.noChannels}</p>}
        </>
      )}
    </Fold>
  );
}

function ScopeCard(scope: ScopeHealth): VNode {
  const { texts } = usePage();
  const { lastGoodAt, failures, reason = '', stale, healthy, rests, hold, lastScan } = scope;
  const trouble = [
    ...(failures > 0 ? [texts.scanFailing(failures, cleanText(reason))] : []),
    ...(stale ? [texts.scanStale] : []),
    ...(hold === undefined ? [] : [texts.scanHeld(hold.missing)]),
  ];
  const usual = rests === true ? texts.scanRests : texts.scanWell;
  return (
    <li class={healthy ? '' : 'bad'}>
      <h3>
        <bdi>{cleanText(scope.scope)}</bdi>
      </h3>
      <p>{trouble.length === 0 ? usual : trouble.join(' · ')}</p>
      <p>
        {texts.scanned}: {lastGoodAt === null ? texts.never : <Ago ms={Date.parse(lastGoodAt)} />}
        {lastScan?.scanMs !== undefined && ` · ${texts.took(lastScan.scanMs)}`}
      </p>
      {lastScan !== undefined && <p>{texts.calls(lastScan.calls, lastScan.callsPerMinute)}</p>}
      {lastScan !== undefined && lastScan.throttles > 0 && (
        <p>{texts.throttles(lastScan.throttles)}</p>
      )}
      {!healthy && <p>{texts.scanAdvice}</p>}
    </li>
  );
}

function ChannelCard(channel: ChannelHealth): VNode {
  const { texts } = usePage();
  const { backlog, failing, failingSince, deliveredAt, budgets = [], setAside = [] } = channel;
  return (
    <li class={failing ? 'bad' : ''}>
      <h3>
        <bdi>{texts.channel(channel.channel)}</bdi>
      </h3>
      <p>{stateOf(channel, texts)}</p>
      {failingSince !== undefined && (
        <p>
          {texts.failingSince}: <Time ms={Date.parse(failingSince)} /> (
          <Ago ms={Date.parse(failingSince)} />)
        </p>
      )}
      <p>
        {texts.delivered}:{' '}
        {deliveredAt === null ? texts.never : <Ago ms={Date.parse(deliveredAt)} />}
      </p>
      {backlog > 0 && <p>{texts.waiting(backlog)}</p>}
      {budgets.map(({ per, used, limit }) => (
        <p key={per}>{texts.budget(used, limit, per)}</p>
      ))}
      {setAside.length > 0 && <p>{texts.channelSetAside(setAside.length)}</p>}
      {failing && <p>{texts.channelAdvice}</p>}
    </li>
  );
}

function stateOf({ failures, abandoned, problem = '' }: ChannelHealth, texts: Texts): string {
  if (abandoned === true) return texts.channelAbandoned;
  return failures > 0 ? texts.channelFailing(failures, cleanText(problem)) : texts.channelWell;
}
