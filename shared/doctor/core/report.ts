import { isoTime } from '../../core/time.ts';
import {
  backlogOf,
  type ChannelFinding,
  type ChannelRecord,
  examineChannel,
  examineScope,
  isProblem,
  registeredState,
  type ScopeFinding,
  type ScopeRecord,
} from './diagnosis.ts';
import { channelWords, clean, counted, duration, scopeWords, type Words } from './words.ts';

/** What the doctor found; `npm run doctor -- --json` prints it as it is. */
export interface DoctorReport {
  /** Nothing is wrong, or no longer. */
  readonly ok: boolean;
  readonly at: string;
  readonly problems: number;
  readonly scopes: readonly ScopeReport[];
  readonly channels: readonly ChannelReport[];
  readonly repairs: readonly RepairReport[];
}

interface ScopeReport {
  readonly scope: string;
  /** What is left of it; null for a journal without commits. */
  readonly journal: {
    readonly commits: number;
    readonly firstSeq: number;
    readonly lastSeq: number;
  } | null;
  readonly baseline: { readonly seq: number; readonly at: string } | null;
  readonly checkpoint: {
    readonly seq: number;
    readonly parts: number;
    readonly instances: number | null;
  } | null;
  readonly instances: number | null;
  readonly lastGoodAt: string | null;
  readonly ageSeconds: number | null;
  readonly failures: number;
  readonly hold: { readonly missing: number; readonly since: string } | null;
  /** Of a tick that is at work, or was when it died. */
  readonly lease: { readonly owner: string; readonly until: string } | null;
  readonly findings: readonly FindingReport[];
}

interface ChannelReport {
  readonly channel: string;
  /** Scope → the last commit that it was told. */
  readonly cursor: Readonly<Record<string, number>> | null;
  readonly backlog: number | null;
  readonly failures: number | null;
  readonly deliveredAt: string | null;
  readonly findings: readonly FindingReport[];
}

/** The fields of what was found stand beside these. */
interface FindingReport extends Words {
  readonly level: 'problem' | 'note';
  readonly kind: string;
}

/** Something that was done, would be done, or was not. */
export type Repair =
  | {
      readonly kind: 'store-checkpoint';
      readonly state: 'planned' | 'done' | 'overtaken';
      readonly scope: string;
      readonly seq: number;
      readonly instances: number | null;
    }
  | {
      readonly kind: 'remove-parts';
      readonly state: 'planned' | 'done';
      readonly scope: string;
      readonly parts: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly scope: string;
      readonly owner: string;
      readonly untilMs: number;
    };

type RepairReport = Repair & { readonly text: string };

/** Everything that was read, at one time. */
export interface Records {
  readonly atMs: number;
  readonly scopes: readonly ScopeRecord[];
  readonly channels: readonly ChannelRecord[];
}

/** @param maxLeaseMs how far a lease may reach */
export function reportOn(
  { atMs, scopes, channels }: Records,
  repairs: readonly Repair[],
  maxLeaseMs: number,
): DoctorReport {
  const scopeReports = scopes.map((record) => scopeReport(record, atMs, maxLeaseMs));
  const channelReports = channels.map((record) => channelReport(record, scopes, atMs));
  const problems = [...scopeReports, ...channelReports]
    .flatMap(({ findings }) => findings)
    .filter(({ level }) => level === 'problem').length;
  return {
    ok: problems === 0 && repairs.every(({ kind }) => kind !== 'refused'),
    at: isoTime(atMs),
    problems,
    scopes: scopeReports,
    channels: channelReports,
    repairs: repairs.map((repair) => ({ ...repair, text: repairWords(repair) })),
  };
}

function scopeReport(record: ScopeRecord, nowMs: number, maxLeaseMs: number): ScopeReport {
  const { scope, extent, checkpoint, lease } = record;
  const { commits, firstSeq, lastSeq, baseline } = extent;
  const health = record.health !== null && 'value' in record.health ? record.health.value : null;
  const lastGoodAtMs = health?.lastGoodAtMs ?? null;
  const hold = health?.hold ?? null;
  return {
    scope,
    journal: firstSeq === null || lastSeq === null ? null : { commits, firstSeq, lastSeq },
    baseline: baseline && { seq: baseline.seq, at: isoTime(baseline.atMs) },
    checkpoint: checkpoint?.ref
      ? {
          seq: checkpoint.ref.seq,
          parts: checkpoint.ref.parts,
          instances: checkpoint.instances,
        }
      : null,
    instances: extent.instances,
    lastGoodAt: lastGoodAtMs === null ? null : isoTime(lastGoodAtMs),
    ageSeconds: lastGoodAtMs === null ? null : Math.floor((nowMs - lastGoodAtMs) / 1000),
    failures: health?.failures ?? 0,
    hold: hold && { missing: hold.missing, since: isoTime(hold.sinceMs) },
    lease:
      lease !== null && lease.untilMs >= nowMs
        ? { owner: lease.owner, until: isoTime(lease.untilMs) }
        : null,
    findings: examineScope(record, nowMs, maxLeaseMs).map(scopeFinding),
  };
}

function scopeFinding(ailment: ScopeFinding): FindingReport {
  const { flaw, ...rest } = ailment.kind === 'flaw' ? ailment : { ...ailment, flaw: undefined };
  return { level: levelOf(ailment), ...rest, ...flaw, ...scopeWords(ailment) };
}

function channelReport(
  record: ChannelRecord,
  scopes: readonly ScopeRecord[],
  nowMs: number,
): ChannelReport {
  const stored = registeredState(record.channel, record.state, scopes);
  const state = stored !== null && 'value' in stored ? stored.value : null;
  const deliveredAtMs = state?.deliveredAtMs ?? null;
  return {
    channel: record.channel,
    cursor:
      state &&
      Object.fromEntries(Object.entries(state.cursor).map(([scope, { seq }]) => [scope, seq])),
    backlog: state && backlogOf(state, scopes),
    failures: state?.failures ?? null,
    deliveredAt: deliveredAtMs === null ? null : isoTime(deliveredAtMs),
    findings: examineChannel(record, scopes, nowMs).map((ailment) => ({
      level: levelOf(ailment),
      ...ailment,
      ...channelWords(ailment),
    })),
  };
}

function levelOf(ailment: ScopeFinding | ChannelFinding): FindingReport['level'] {
  return isProblem(ailment) ? 'problem' : 'note';
}

function repairWords(repair: Repair): string {
  switch (repair.kind) {
    case 'store-checkpoint': {
      const { state, scope, seq } = repair;
      const known =
        repair.instances === null ? '' : ` with ${counted(repair.instances, 'instance')}`;
      if (state === 'overtaken') {
        return `${scope}: a tick has stored a checkpoint meanwhile, and it was left as it is`;
      }
      const verb = state === 'done' ? 'stored' : 'store';
      return `${scope}: ${verb} a fresh checkpoint at commit ${seq}${known}, made of the journal from its first commit`;
    }
    case 'remove-parts': {
      const { state, scope, parts } = repair;
      const verb = state === 'done' ? 'removed' : 'remove';
      return `${scope}: ${verb} ${counted(parts.length, 'left-over part')}: ${parts.map(clean).join(', ')}`;
    }
    case 'refused':
      return `${repair.scope}: nothing was repaired, because a tick is at work there (${clean(repair.owner)}, until ${isoTime(repair.untilMs)} at the latest): try again when it is over`;
  }
}

/** The report for people: what is stored, what is wrong with it, and what was or would be done. */
export function printed(report: DoctorReport): string {
  const blocks = [
    ...report.scopes.map((scope) => block(scope.scope, scopeFacts(scope), scope.findings)),
    ...report.channels.map((channel) =>
      block(`channel ${clean(channel.channel)}`, channelFacts(channel), channel.findings),
    ),
  ];
  return `${[...blocks, ...repairLines(report), verdict(report)].join('\n\n')}\n`;
}

type Fact = readonly [name: string, value: string];

function scopeFacts(scope: ScopeReport): readonly Fact[] {
  const { journal, baseline, checkpoint, lastGoodAt, ageSeconds, hold, lease } = scope;
  if (scope.findings.some(({ kind }) => kind === 'nothing-stored')) return [];
  return [
    [
      'baseline',
      baseline === null ? 'not among the kept commits' : `commit ${baseline.seq}, ${baseline.at}`,
    ],
    [
      'journal',
      journal === null
        ? 'no commits'
        : `${counted(journal.commits, 'commit')}, from ${journal.firstSeq} to ${journal.lastSeq}${journal.firstSeq === 1 ? '' : '; older ones are no longer kept'}`,
    ],
    [
      'checkpoint',
      checkpoint === null
        ? 'none'
        : `at commit ${checkpoint.seq} in ${counted(checkpoint.parts, 'part')}${checkpoint.instances === null ? '' : `, ${counted(checkpoint.instances, 'instance')}`}`,
    ],
    ['instances', scope.instances === null ? 'not known' : String(scope.instances)],
    [
      'last good scan',
      lastGoodAt === null ? 'none' : `${duration((ageSeconds ?? 0) * 1000)} ago, ${lastGoodAt}`,
    ],
    ['failures', scope.failures === 0 ? 'none' : `${scope.failures} in a row`],
    ['hold', hold === null ? 'none' : `${counted(hold.missing, 'instance')} since ${hold.since}`],
    ['lease', lease === null ? 'free' : `${clean(lease.owner)} until ${lease.until}`],
  ];
}

function channelFacts({ cursor, backlog, failures, deliveredAt }: ChannelReport): readonly Fact[] {
  if (cursor === null) return [];
  return [
    ...Object.entries(cursor).map(([scope, seq]): Fact => ['told', `${clean(scope)} up to ${seq}`]),
    ['still to tell', backlog === 0 ? 'nothing' : counted(backlog ?? 0, 'commit')],
    ['failures', failures === 0 ? 'none' : `${failures} in a row`],
    ['last delivered', deliveredAt ?? 'nothing yet'],
  ];
}

const NAME_WIDTH = 16;

function block(title: string, facts: readonly Fact[], findings: readonly FindingReport[]): string {
  const lines = facts.map(([name, value]) => `  ${name.padEnd(NAME_WIDTH)}${value}`);
  const found = findings.flatMap(({ level, text, advice }) => [
    '',
    `  ${level.toUpperCase()}: ${text}`,
    `    ${advice}`,
  ]);
  return [title, ...lines, ...found].join('\n');
}

function repairLines({ repairs }: DoctorReport): readonly string[] {
  if (repairs.length === 0) return [];
  const isPlan = repairs.some((repair) => 'state' in repair && repair.state === 'planned');
  const title = isPlan ? 'Nothing was changed. npm run doctor -- --repair would' : 'Repair';
  return [[title, ...repairs.map(({ text }) => `  ${text}`)].join('\n')];
}

function verdict({ ok, problems, repairs }: DoctorReport): string {
  const isRepaired = repairs.some((repair) => 'state' in repair && repair.state === 'done');
  if (ok) return isRepaired ? 'Nothing is wrong any more.' : 'Nothing is wrong.';
  if (problems === 0) return 'Nothing is wrong, but the repair could not be made.';
  return `${counted(problems, 'problem')}${isRepaired ? ' left' : ''}.`;
}
