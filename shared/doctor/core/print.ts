import { cleanText, counted } from '../../core/text.ts';
import { duration } from '../../core/time.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import { clean, type Finding } from './finding.ts';
import { NOTHING_STORED } from './findings/scope.ts';
import type { ChannelDiagnosis, DoctorReport, ScopeDiagnosis } from './report.ts';

/** What was found out beside what is stored; the facts are a sentence each. */
export interface Others {
  readonly findings: readonly PlacedFinding[];
  readonly facts: readonly string[];
}

/** `place`: where it is fixed; empty where that is not known. */
export type PlacedFinding = Finding & { readonly place: string };

const NOTHING_ELSE: Others = { findings: [], facts: [] };

/**
 * The report for people: what is stored, what is wrong with it, and what was or would be done. On a
 * terminal its end is in sight, so the problems are repeated there, a line each.
 */
export function print(report: DoctorReport, others: Others = NOTHING_ELSE): string {
  const channelBlock = (channel: ChannelDiagnosis): string =>
    block(`channel ${clean(channel.channel)}`, channelFacts(channel), channel.findings);
  const blocks = [
    ...others.findings.map(placedBlock),
    ...(others.facts.length === 0 ? [] : [others.facts.map(whole).join('\n')]),
    // What a team is not sent comes first.
    ...report.channels.filter(({ isFailing }) => isFailing).map(channelBlock),
    ...report.scopes.map((scope) => block(scope.scope, scopeFacts(scope), scope.findings)),
    ...report.channels.filter(({ isFailing }) => !isFailing).map(channelBlock),
  ];
  const end = [verdict(report), ...problemLines(report, others)].join('\n');
  return `${[...blocks, ...repairBlock(report), end].join('\n\n')}\n`;
}

function placedBlock({ level, text, advice, place }: PlacedFinding): string {
  const where = place === '' ? [] : [`  Where: ${whole(place)}`];
  return [`${level.toUpperCase()}: ${whole(text)}`, `  ${whole(advice)}`, ...where].join('\n');
}

/** Names of all variables of a function have less. */
const MAX_SENTENCE_LENGTH = 4_096;

/** Words of services are among it, and must not act on the terminal. */
function whole(sentence: string): string {
  return cleanText(sentence, MAX_SENTENCE_LENGTH);
}

type Fact = readonly [name: string, value: string];

function scopeFacts(scope: ScopeDiagnosis): readonly Fact[] {
  const { baseline, lastGoodAt, ageSeconds, hold, lease } = scope;
  if (scope.findings.some(({ kind }) => kind === NOTHING_STORED.kind)) return [];
  if (scope.scope === WATCHER.key) return [['journal', journalFact(scope)]];
  const since = baseline && `commit ${baseline.seq}, ${baseline.at}`;
  const age = duration((ageSeconds ?? 0) * 1000);
  return [
    ['baseline', since ?? 'not among the kept commits'],
    ['journal', journalFact(scope)],
    ['checkpoint', checkpointFact(scope)],
    ['instances', scope.instances === null ? 'not known' : String(scope.instances)],
    ['last good scan', lastGoodAt === null ? 'none' : `${age} ago, ${lastGoodAt}`],
    ['failures', failuresFact(scope.failures)],
    ['hold', hold === null ? 'none' : `${counted(hold.missing, 'instance')} since ${hold.since}`],
    ['lease', lease === null ? 'free' : `${clean(lease.owner)} until ${lease.until}`],
  ];
}

function journalFact({ journal }: ScopeDiagnosis): string {
  if (journal === null) return 'no commits';
  const { commits, firstSeq, lastSeq } = journal;
  const expired = firstSeq === 1 ? '' : '; older ones are no longer kept';
  return `${counted(commits, 'commit')}, from ${firstSeq} to ${lastSeq}${expired}`;
}

function checkpointFact({ checkpoint }: ScopeDiagnosis): string {
  if (checkpoint === null) return 'none';
  const { seq, parts, instances } = checkpoint;
  const size = instances === null ? '' : `, ${counted(instances, 'instance')}`;
  return `at commit ${seq} in ${counted(parts, 'part')}${size}`;
}

function channelFacts({ cursor, ...channel }: ChannelDiagnosis): readonly Fact[] {
  if (cursor === null) return [];
  const { backlog, failures, deliveredAt, held, deliveries } = channel;
  return [
    ...Object.entries(cursor).map(
      ([scope, seq]): Fact => ['delivered', `${clean(scope)} up to ${seq}`],
    ),
    ['backlog', backlog === 0 ? 'none' : counted(backlog ?? 0, 'commit')],
    ['failures', failuresFact(failures ?? 0)],
    ['last delivery', deliveredAt ?? 'none'],
    ['held back', held === 0 ? 'none' : counted(held ?? 0, 'instance')],
    ...deliveries.map((delivery): Fact => ['attempt', deliveryFact(delivery)]),
  ];
}

function deliveryFact(delivery: ChannelDiagnosis['deliveries'][number]): string {
  if ('unreadable' in delivery) return `its record cannot be read: ${clean(delivery.unreadable)}`;
  const { at, verdict, commits, commitCount, changeCount, isRepeat, reason } = delivery;
  const more = commitCount > 1 ? ` and ${commitCount - 1} more` : '';
  const about = `${counted(changeCount, 'change')}, ${clean(commits[0] ?? '')}${more}`;
  const label = isRepeat ? ', a repeat' : '';
  const said = reason === null ? '' : `: ${clean(reason)}`;
  return `${at} ${clean(verdict)} (${about}${label})${said}`;
}

function failuresFact(failures: number): string {
  return failures === 0 ? 'none' : `${failures} in a row`;
}

const NAME_WIDTH = 16;

function block(title: string, facts: readonly Fact[], findings: readonly Finding[]): string {
  const lines = facts.map(([name, value]) => `  ${name.padEnd(NAME_WIDTH)}${value}`);
  const found = findings.flatMap(({ level, text, advice }) => [
    '',
    `  ${level.toUpperCase()}: ${text}`,
    `    ${advice}`,
  ]);
  return [title, ...lines, ...found].join('\n');
}

function repairBlock({ repairs }: DoctorReport): readonly string[] {
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

function problemLines({ scopes, channels }: DoctorReport, others: Others): readonly string[] {
  const stored = [
    ...scopes.map(({ scope, findings }) => ({ title: scope, findings })),
    ...channels.map(({ channel, findings }) => ({ title: `channel ${clean(channel)}`, findings })),
  ];
  const lines = stored.flatMap(({ title, findings }) =>
    findings.filter(({ level }) => level === 'problem').map(({ text }) => `  ${title}: ${text}`),
  );
  const around = others.findings.filter(({ level }) => level === 'problem');
  return [...around.map(({ text }) => `  ${whole(text)}`), ...lines];
}
