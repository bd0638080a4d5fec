import { FAILURES, type Word } from '../../../core/incident.ts';
import type { MessageCommit } from '../../../core/message.ts';
import type { Notice } from '../../../core/model.ts';
import { severityOf } from '../news/severity.ts';
import { isNews } from '../stages/news.ts';

/**
 * What a commit says of incidents. Trouble is for the channels that the routes name. That it is over is for
 * every channel: a route that takes only bad news would leave its incidents open for ever.
 */
export function wordsIn(
  commit: MessageCommit,
  isRouted: boolean,
  channel: string | undefined,
): readonly Word[] {
  const { scope, seq, atMs, notice, changes, all = changes } = commit;
  const word = { scope, seq, atMs };
  const said = (subject: string, isBad: boolean): Word => ({ ...word, subject, isBad });
  const routed = new Map(
    isRouted && notice === undefined
      ? changes.map((change) => [change.instanceId, change] as const)
      : [],
  );
  const ofInstances = all.flatMap(({ instanceId, to }): readonly Word[] => {
    if (to === null) return [{ ...said(instanceId, false), isGone: true }];
    if (to === RUNNING) return [said(instanceId, false)];
    const change = routed.get(instanceId);
    const isBad = change !== undefined && severityOf(change, change.severities) === 'bad';
    return isBad ? [said(instanceId, true)] : [];
  });
  // While a release is held, none is recorded.
  const isBelieved = all.some(({ to }) => to === null);
  const trouble = notice === undefined ? null : troubleIn(notice);
  const isHeard = trouble !== null && (!trouble.isBad || (isRouted && isNews(commit, channel)));
  return [
    ...ofInstances,
    ...(isBelieved ? [said(FAILURES.vanished, false)] : []),
    ...(isHeard ? [said(trouble.subject, trouble.isBad)] : []),
  ];
}

/** An incident of an instance ends with this status, or with its release. */
const RUNNING = 'Running';

/**
 * The failure that a notice begins or ends; null: neither. What no later notice ends, such as a quota that is
 * low, is no incident: it would stay open for ever.
 */
export function troubleIn(
  notice: Notice,
): { readonly subject: string; readonly isBad: boolean } | null {
  switch (notice.kind) {
    case 'scans-failing':
    case 'scans-recovered':
      return { subject: FAILURES.scans, isBad: notice.kind === 'scans-failing' };
    case 'suspicious-scan':
    case 'suspicion-lifted':
      return { subject: FAILURES.vanished, isBad: notice.kind === 'suspicious-scan' };
    case 'channel-failing':
    case 'channel-recovered':
      return {
        subject: FAILURES.channel(notice.channel),
        isBad: notice.kind === 'channel-failing',
      };
    case 'account-failing':
    case 'account-recovered':
      return {
        subject: FAILURES.account(notice.account),
        isBad: notice.kind === 'account-failing',
      };
    case 'ticks-resumed':
      return { subject: FAILURES.store, isBad: false };
    default:
      return null;
  }
}
