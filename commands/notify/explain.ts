import { commitId } from '../../shared/core/event-json.ts';
import type { Commit } from '../../shared/core/model.ts';
import { cleanText } from '../../shared/core/text.ts';
import { isoTime } from '../../shared/core/time.ts';
import type { ChannelPolicy } from '../../shared/delivery/core/policy.ts';
import {
  DEFAULT_ROUTE,
  type Route,
  routesFor,
  routeTo,
  type Subject,
  subjectsOf,
} from '../../shared/delivery/core/routes.ts';
import { isNews } from '../../shared/delivery/core/stages/news.ts';
import type { Recorded } from './commit-ids.ts';

/** A channel, as far as it matters where things go. */
export interface Addressee {
  readonly name: string;
  readonly style: 'digest' | 'commits';
  readonly policy?: ChannelPolicy;
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
        ...(taking.length > 0 ? [] : ['  no route takes it: it goes to every channel']),
        ...channels.map(
          (channel) => `  ${destinationOf(channel, { commit, subject, taking }, nowMs)}`,
        ),
      ].join('\n');
    })
    .join('\n\n');
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
  { name, style, policy }: Addressee,
  { commit, subject, taking }: Explained,
  nowMs: number,
): string {
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
  return `${name}: is sent it`;
}

/** Why a channel is not sent a notice, whatever the routes say. */
function whySilent({ notice }: Commit): string {
  if (notice?.kind === 'channel-failing') return 'since it is about this channel itself';
  return notice?.kind === 'baseline' && notice.last
    ? 'since there is no instance to announce'
    : 'since the last row of a baseline announces all of it';
}
