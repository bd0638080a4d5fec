import { cleanText, counted } from '../shared/core/text.ts';
import type { ChannelReport } from '../shared/delivery/report.ts';
import type { ScopeReport, WatchReport } from '../shared/watch/report.ts';

/** What a tick did, for people: a line for each scope and channel, the notes and a verdict. */
export function printTick({ ok, ms, scopes, channels, notes }: WatchReport): string {
  const rows = [...scopes.map(scopeRow), ...channels.map(channelRow)];
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, text]) => `${name.padEnd(width)}${text}`);
  const verdict = ok ? 'Everything went well' : 'FAILED: see above';
  return [
    ...lines,
    ...notes.map((note) => `note: ${clean(note)}`),
    '',
    `${verdict} (${(ms / 1000).toFixed(1)} s).`,
  ].join('\n');
}

type Row = readonly [name: string, text: string];

function scopeRow(report: ScopeReport): Row {
  const { scope, ok, error, instances, round, changes, seq, lookedAt } = report;
  if (!ok) return [scope, `FAILED: ${clean(error ?? 'without a reason')}`];
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
