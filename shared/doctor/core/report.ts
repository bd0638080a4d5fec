import { isFailing } from '../../core/channel-state.ts';
import type { HealthLimits } from '../../core/health.ts';
import { withoutPastFailure } from '../../core/past-failure.ts';
import { isoTime } from '../../core/time.ts';
import { deliverableCommits, registeredState } from './backlog.ts';
import { examineChannel } from './findings/channel.ts';
import { examineScope } from './findings/scope.ts';
import { type ChannelRecord, type Records, readable, type ScopeRecord } from './records.ts';
import { type Repair, repairText } from './repair.ts';

/** What the doctor found; `npm run doctor -- --json` prints it as it is. */
export type DoctorReport = ReturnType<typeof reportOn>;
export type ScopeDiagnosis = ReturnType<typeof diagnoseScope>;
export type ChannelDiagnosis = ReturnType<typeof diagnoseChannel>;

/** @param maxLeaseMs the longest that a lease may last */
export function reportOn(
  { atMs, scopes: scopeRecords, channels: channelRecords, healthLimits }: Records,
  repairs: readonly Repair[],
  maxLeaseMs: number,
) {
  const scopes = scopeRecords.map((record) =>
    diagnoseScope(record, atMs, maxLeaseMs, healthLimits),
  );
  const channels = channelRecords.map((record) => diagnoseChannel(record, scopeRecords, atMs));
  const findings = [...scopes, ...channels].flatMap((diagnosis) => diagnosis.findings);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  return {
    /** Nothing is wrong, or no longer. */
    ok: problems === 0 && repairs.every(({ kind }) => kind !== 'refused'),
    at: isoTime(atMs),
    problems,
    scopes,
    channels,
    repairs: repairs.map((repair) => ({ ...repair, text: repairText(repair) })),
  } as const;
}

function diagnoseScope(
  record: ScopeRecord,
  nowMs: number,
  maxLeaseMs: number,
  limits: HealthLimits | undefined,
) {
  const { scope, extent } = record;
  const lease = readable(record.lease);
  const { commits, firstSeq, lastSeq, baseline, instances } = extent;
  const checkpoint = record.checkpoint?.ref && {
    seq: record.checkpoint.ref.seq,
    parts: record.checkpoint.ref.parts,
    instances: record.checkpoint.instances,
  };
  const health = readable(record.health);
  const lastGoodAtMs = health?.lastGoodAtMs ?? null;
  const hold = health?.hold ?? null;
  const isLeased = lease !== null && lease.untilMs >= nowMs;
  return {
    scope,
    /** What is left of it; null for a journal without commits. */
    journal: firstSeq === null || lastSeq === null ? null : { commits, firstSeq, lastSeq },
    baseline: baseline && { seq: baseline.seq, at: isoTime(baseline.atMs) },
    checkpoint: checkpoint ?? null,
    instances,
    lastGoodAt: timeOf(lastGoodAtMs),
    ageSeconds: lastGoodAtMs === null ? null : Math.floor((nowMs - lastGoodAtMs) / 1000),
    failures: health?.failures ?? 0,
    hold: hold && { missing: hold.missing, since: isoTime(hold.sinceMs) },
    /** Of a tick that is at work, or was when it died. */
    lease: isLeased ? { owner: lease.owner, until: isoTime(lease.untilMs) } : null,
    findings: [...examineScope(record, nowMs, maxLeaseMs, limits)],
  } as const;
}

function diagnoseChannel(record: ChannelRecord, scopes: readonly ScopeRecord[], nowMs: number) {
  const stored = readable(registeredState(record, scopes));
  const commits = stored && deliverableCommits(stored, scopes);
  const state = stored && commits === 0 ? withoutPastFailure(stored, nowMs) : stored;
  const positions = Object.entries(state?.cursor ?? {});
  const cursor = Object.fromEntries(positions.map(([scope, { seq }]) => [scope, seq]));
  return {
    channel: record.channel,
    isFailing: record.isConfigured && state !== null && isFailing(state),
    /** Scope → the last commit that was delivered. */
    cursor: state && cursor,
    backlog: commits,
    failures: state?.failures ?? null,
    deliveredAt: timeOf(state?.deliveredAtMs ?? null),
    /** Instances whose news is held back. */
    held: state?.held.filter(({ changes }) => changes.length > 0).length ?? null,
    /** The last attempts at messages, newest first. */
    deliveries: record.deliveries.map(deliveryOf),
    findings: [...examineChannel(record, scopes, nowMs)],
  } as const;
}

function deliveryOf(stored: ChannelRecord['deliveries'][number]) {
  if ('unreadable' in stored) return { unreadable: stored.unreadable };
  const { channel: _, atMs, ...record } = stored.value;
  return { at: isoTime(atMs), ...record };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
