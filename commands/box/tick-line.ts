import { cleanText, counted } from '../../shared/core/text.ts';
import { isoTime } from '../../shared/core/time.ts';
import type { WatchReport } from '../../shared/watch/report.ts';

/** Longer texts of other services would fill the terminal. */
const MAX_REASON_LENGTH = 300;
const CHANNEL_FAILURES: readonly string[] = ['retry', 'rejected', 'error'];

/** What a tick did, in one line for people: the totals, then everything that failed. */
export function tickLine({ scopes, channels, notes, ms }: WatchReport, atMs: number): string {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const failures = [
    ...scopes
      .filter(({ ok }) => !ok)
      .map(({ scope, error = 'without a reason' }) => `${scope} FAILED: ${error}`),
    ...channels
      .filter(({ outcome }) => CHANNEL_FAILURES.includes(outcome))
      .map(({ channel, outcome, error = outcome }) => `${channel} FAILED: ${error}`),
  ];
  const backlog = sum(channels.map((channel) => channel.backlog));
  const facts = [
    counted(sum(scopes.map(({ instances }) => instances)), 'instance'),
    counted(sum(scopes.map(({ changes }) => changes)), 'change'),
    `${counted(sum(channels.map(({ messages }) => messages)), 'message')} delivered`,
    ...(backlog === 0 ? [] : [`${counted(backlog, 'commit')} still to send`]),
    `${(ms / 1000).toFixed(1)} s`,
  ];
  const others = [...failures, ...notes.map((note) => `note: ${note}`)];
  const rest = others.map((text) => `; ${cleanText(text, MAX_REASON_LENGTH)}`).join('');
  return `${isoTime(atMs)}  ${facts.join(', ')}${rest}`;
}
