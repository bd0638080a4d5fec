import { commitId } from '../../shared/core/event-json.ts';
import type { ChannelStyle } from '../../shared/core/message.ts';
import type { Change, Commit } from '../../shared/core/model.ts';
import { SETTLING, type Settling } from '../../shared/core/settling.ts';
import { cleanText, counted } from '../../shared/core/text.ts';
import { isoTime } from '../../shared/core/time.ts';
import { LASTING_MS } from '../../shared/delivery/core/news/settle-news.ts';
import {
  isTransitory,
  type SeverityOverrides,
  severityOf,
} from '../../shared/delivery/core/news/severity.ts';
import type { ChannelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import {
  DEFAULT_ROUTE,
  type Route,
  routesFor,
  routeTo,
  type Subject,
  subjectsOf,
} from '../../shared/delivery/core/policy/routes.ts';
import { isNews } from '../../shared/delivery/core/stages/news.ts';
import type { Recorded } from './commit-ids.ts';

/** A channel, as far as it matters where things go. */
export interface Addressee {
  readonly name: string;
  readonly style: ChannelStyle;
  readonly policy?: ChannelPolicy;
  readonly settling?: Settling;
}

/** For each change of a commit, or its notice: which routes take it and why, and which channels are sent it. */
export function explain(
  { commit, index }: Recorded,
  channels: readonly Addressee[],
  routes: readonly Route[],
  nowMs: number,
): string {
  const subjects = [...subjectsOf(commit).entries()].filter(
    ([place]) => index === undefined || place === index,
  );
  if (subjects.length === 0)
    return `${commitId(commit)} holds details only: it is sent to no channel.`;
  return subjects
    .map(([place, subject]) => {
      const { routes: taking, steps } = routesFor(subject, routes);
      const name = subject.notice === undefined ? `/${place}` : '';
      return [
        `${commitId(commit)}${name}  ${wordsOf(subject)}`,
        ...steps.map(
          ({ route, takes, why }) => `  route ${route}: ${takes ? 'yes' : 'no'}, ${why}`,
        ),
        ...restOf(taking),
        ...channels.map(
          (channel) => `  ${destinationOf(channel, { commit, subject, taking }, nowMs)}`,
        ),
      ].join('\n');
    })
    .join('\n\n');
}

function restOf(taking: readonly Route[]): readonly string[] {
  if (taking.some(({ isContinued }) => isContinued !== true)) return [];
  return taking.length === 0
    ? ['  no route takes it: it goes to every channel']
    : ['  only continued routes take it: it goes to every channel as well'];
}

function wordsOf({ change, notice }: Subject): string {
  if (change === undefined)
    return `notice ${notice?.kind === 'unknown' ? notice.name : (notice?.kind ?? '')}`;
  const { instanceId, name = '', from, to } = change;
  return `${cleanText(name) || instanceId}: ${from ?? 'new'} → ${to ?? 'released'}`;
}

interface Explained {
  readonly commit: Commit;
  readonly subject: Subject;
  readonly taking: readonly Route[];
}

function destinationOf(
  { name, style, policy, settling = SETTLING }: Addressee,
  { commit, subject, taking }: Explained,
  nowMs: number,
): string {
  const { standsInFor = [] } = policy ?? {};
  if (standsInFor.length > 0)
    return `${name}: is sent only what ${standsInFor.join(' or ')} cannot take`;
  if (!isNews(commit, name)) return `${name}: is not sent it, ${whySilent(commit)}`;
  const route = routeTo({ routes: taking }, name);
  if (route === null) return `${name}: is not sent it`;
  const routeName = route === DEFAULT_ROUTE ? DEFAULT_ROUTE : route.name;
  const isNotice = subject.notice !== undefined;
  const mutes = style === 'digest' ? (policy?.mutes ?? []) : [];
  for (const mute of mutes) {
    const interval = mute.intervalAt(nowMs);
    if (interval === null || !mute.covers({ route: routeName, isNotice })) continue;
    return `${name}: would be held back now by the mute ${mute.name}, until ${isoTime(interval.untilMs)}`;
  }
  const wait =
    style !== 'digest' || subject.change === undefined
      ? ''
      : waitOf(subject.change, route === DEFAULT_ROUTE ? undefined : route.severities, settling);
  return `${name}: is sent it${wait}`;
}

/** When a chat is sent news: it settles first. */
function waitOf(
  change: Change,
  severities: SeverityOverrides | undefined,
  { badMs, goodMs }: Settling,
): string {
  if (change.returned === true) return '';
  if (isTransitory(change.to))
    return `, if it is still ${change.to} after ${minutesIn(LASTING_MS)}, or with what follows`;
  const isBad = severityOf(change, severities) === 'bad';
  const settlesMs = isBad ? badMs : goodMs;
  if (settlesMs === 0) return '';
  return ` after ${minutesIn(settlesMs)}${isBad ? '' : ', or with the next message before'}`;
}

function minutesIn(ms: number): string {
  return counted(Math.round(ms / 60_000), 'minute');
}

/** Why a channel is not sent a notice, whatever the routes say. */
function whySilent({ notice }: Commit): string {
  if (notice?.kind === 'channel-failing') return 'since it is about this channel itself';
  return notice?.kind === 'baseline' && notice.last
    ? 'since there is no instance to announce'
    : 'since the last row of a baseline announces all of it';
}
