import type { MessageCommit } from './message.ts';
import type { Change, Commit, Notice } from './model.ts';
import { describedJson, type NoteJson } from './note.ts';
import { reportJson } from './report-json.ts';
import { isoTime } from './time.ts';

export interface EventData {
  readonly scope: string;
  readonly seq: number;
  readonly at: string;
  readonly previousAt: string | null;
  readonly changes?: readonly EventChange[];
  readonly notice?: string;
  readonly [detail: string]: unknown;
}

export interface EventChange extends Omit<Change, 'fromSinceMs' | 'note'>, Partial<NoteJson> {
  /** `scope/seq/index`. */
  readonly id: string;
  readonly fromSince?: string;
}

export function commitId({ scope, seq }: Commit): string {
  return `${scope}/${seq}`;
}

/** A commit as programs see it, in the webhook's events and in the view's answers. */
export function eventDataOf(commit: MessageCommit): EventData {
  const { scope, seq, atMs, previousAtMs, changes, notice } = commit;
  return {
    scope,
    seq,
    at: isoTime(atMs),
    previousAt: previousAtMs === null ? null : isoTime(previousAtMs),
    ...(notice === undefined
      ? {
          changes: changes.map((change, place) => {
            return eventChange(commit, change, change.index ?? place);
          }),
        }
      : noticeData(notice)),
  };
}

/** One change with its id; its members are in the order in which people read them. */
export function eventChange(commit: Commit, change: Change, index: number): EventChange {
  const { instanceId, from, to, returned, fromSinceMs, fromSinceKnown } = change;
  return {
    id: `${commitId(commit)}/${index}`,
    instanceId,
    from,
    to,
    ...(returned && { returned }),
    ...(fromSinceMs !== undefined && { fromSince: isoTime(fromSinceMs) }),
    ...(fromSinceKnown !== undefined && { fromSinceKnown }),
    ...describedJson(change),
  };
}

function noticeData(notice: Notice): { readonly notice: string } & Record<string, unknown> {
  switch (notice.kind) {
    case 'baseline':
      return {
        notice: notice.kind,
        instances: notice.instances,
        ...(notice.since !== undefined && { again: true }),
      };
    case 'suspicious-scan':
      return { notice: notice.kind, missing: notice.missing, known: notice.known };
    case 'test':
      return { notice: notice.kind };
    case 'suspicion-lifted':
      return { notice: notice.kind, missing: notice.missing };
    case 'scans-failing':
    case 'store-failing':
      return {
        notice: notice.kind,
        failures: notice.failures,
        since: isoTime(notice.sinceMs),
        reason: notice.reason,
      };
    case 'scans-recovered':
      return {
        notice: notice.kind,
        failures: notice.failures,
        since: isoTime(notice.sinceMs),
      };
    case 'long-round':
      return {
        notice: notice.kind,
        instances: notice.instances,
        roundSeconds: Math.ceil(notice.roundMs / 1000),
      };
    case 'channel-failing': {
      const { deliveredAtMs } = notice;
      return {
        notice: notice.kind,
        channel: notice.channel,
        failures: notice.failures,
        reason: notice.reason,
        deliveredAt: deliveredAtMs === null ? null : isoTime(deliveredAtMs),
      };
    }
    case 'channel-recovered':
      return {
        notice: notice.kind,
        channel: notice.channel,
        since: isoTime(notice.sinceMs),
      };
    case 'quota-low':
      return {
        notice: notice.kind,
        channel: notice.channel,
        used: notice.used,
        quota: notice.quota,
      };
    case 'account-failing':
      return { notice: notice.kind, account: notice.account, reason: notice.reason };
    case 'account-recovered':
      return {
        notice: notice.kind,
        account: notice.account,
        since: isoTime(notice.sinceMs),
      };
    case 'ticks-resumed':
      return {
        notice: notice.kind,
        since: isoTime(notice.sinceMs),
        until: isoTime(notice.untilMs),
      };
    case 'report':
      return { notice: notice.kind, report: reportJson(notice) };
    case 'unknown':
      // In an object of their own, the fields of a newer version cannot replace those of the commit.
      return { notice: notice.name, fields: notice.fields };
  }
}
