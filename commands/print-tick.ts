import { cleanText, counted } from '../shared/core/text.ts';
import type { ChannelReport } from '../shared/delivery/report.ts';
import type { ScopeReport } from '../shared/watch/core/scope-report.ts';
import type { WatchReport } from '../shared/watch/report.ts';

/** What a tick did, for people: a line for each scope and channel, the notes and a verdict. */
export function printTick({ ok, ms, scopes, channels, notes }: WatchReport): string {
  const shared = sharedFailures(scopes);
  const single = scopes.filter((report) => !shared.has(failureOf(report)));
  const rows = [...single.map(scopeRow), ...channels.map(channelRow)];
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  const lines = [
    ...[...shared].map(
      ([reason, names]) =>
        `${counted(names.length, 'scope')} FAILED: ${reason}\n  ${names.join(', ')}`,
    ),
    ...rows.map(([name, text]) => `${name.padEnd(width)}${text}`),
  ];
  const verdict = ok ? 'Everything went well' : 'FAILED: see above';
  return [
    ...lines,
    ...notes.map((note) => `note: ${clean(note)}`),
    '',
    `${verdict} (${(ms / 1000).toFixed(1)} s).`,
  ].join('\n');
}

/** Reason → the scopes, where several have failed for the same one. */
function sharedFailures(scopes: readonly ScopeReport[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const report of scopes.filter(({ ok }) => !ok)) {
    const reason = failureOf(report);
    names.set(reason, [...(names.get(reason) ?? []), report.scope]);
  }
  return new Map([...names].filter(([, failed]) => failed.length > 1));
}

/** Without the id of the request, which is another one each time. */
function failureOf({ ok, error }: ScopeReport): string {
  return ok ? '' : clean(error ?? NO_REASON).replace(/ \(request [^)]*\)$/u, '');
}

const NO_REASON = 'without a reason';

type Row = readonly [name: string, text: string];

function scopeRow(report: ScopeReport): Row {
  const { scope, ok, error, instances, round, changes, seq, lookedAt } = report;
  if (!ok) return [scope, `FAILED: ${clean(error ?? NO_REASON)}`];
  if (lookedAt !== undefined) return [scope, `no instances; last looked at ${lookedAt}`];
  if (seq === 0) return [scope, 'left to another tick'];
  const part = round === undefined ? '' : ` (${round.seen} of ${round.of}; the next tick goes on)`;
  return [
    scope,
    `${counted(instances, 'instance')}${part}, ${counted(changes, 'change')}, ${counted(seq, 'commit')} so far`,
  ];
}

function channelRow({ channel, outcome, messages, changes, backlog, error }: ChannelReport): Row {
  const about = changes === 0 ? '' : ` with ${counted(changes, 'change')}`;
  const sent = `${counted(messages, 'message')}${about} delivered`;
  const waiting = backlog === 0 ? '' : `, ${counted(backlog, 'commit')} still to send`;
  const name = clean(channel);
  switch (outcome) {
    case 'idle':
      return [name, messages === 0 ? 'nothing to send' : `${sent}${waiting}`];
    case 'delivered':
    case 'waiting':
      return [name, `${sent}${waiting}`];
    case 'throttled':
      return [name, `${sent}${waiting}; the receiver asks to wait`];
    case 'retry':
    case 'rejected':
    case 'error':
      return [name, `FAILED: ${clean(error ?? outcome)}${waiting}`];
  }
}

/** Reasons come from other services: nothing in them acts on the terminal. */
function clean(text: string): string {
  return cleanText(text, 300);
}
