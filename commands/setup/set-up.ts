import { withCredentials } from '../credentials.ts';
import { type Account, installationOf, openAccount, readTemplates } from './account.ts';
import { carryOut, type Outcome, patiently } from './carry-out.ts';
import { type Found, NOTHING_FOUND, readOf } from './core/found.ts';
import { planSetup } from './core/plan.ts';
import { proofLines, stepLines } from './core/report.ts';
import { ACCOUNT_PLACEHOLDER, commandOf } from './core/shell.ts';
import { isProblem, type Step } from './core/step.ts';
import { type Templates, type Wanted, wantedFor, wantedOfMember } from './core/wanted.ts';
import { performer } from './perform.ts';
import { HOW_TO_PROVE, proveRoles } from './prove-roles.ts';
import { readAccount } from './read.ts';
import { ControlError } from './refusal.ts';
import { readSettings, type Settings } from './settings.ts';
import { printAll, type World } from './world.ts';

export interface SetupFlags {
  readonly dryRun: boolean;
  readonly print: boolean;
  readonly adopt: boolean;
  readonly prove: boolean;
  /** Prepares a watched account instead of the watcher's own. */
  readonly member?: { readonly watcher: string; readonly externalId?: string };
}

/** Makes an account fit for an environment, and says what it found, did and proved. Returns the exit code. */
export async function setUp(flags: SetupFlags, world: World): Promise<number> {
  const read = () => readSettings(world.environment, flags.member !== undefined);
  const templates = readTemplates();
  if (flags.print) return printCommands(flags, read(), templates, world);
  const { settings } = await withCredentials(read, world.findCredentials);
  const account = await openAccount(settings, world);
  const wanted = await wantedIn(account, flags, settings, templates, world);
  world.print(titleOf(account, settings));
  const found = await readAccount(wanted, account.clients, account.tables);
  const steps = planSetup(wanted, found, flags);
  if (flags.dryRun) {
    for (const step of steps) printAll(stepLines(step), world);
    world.print(summaryOfPlan(steps));
    return steps.some(isProblem) ? 1 : 0;
  }
  const outcomes = await carryOutAll(steps, wanted, account, flags, world);
  for (const outcome of outcomes) printAll(stepLines(outcome.step, outcome), world);
  const isWhole = outcomes.every(isGood);
  world.print(summaryOf(outcomes));
  if (flags.member !== undefined) {
    if (isWhole) printMember(wanted, account, settings, world);
    return isWhole ? 0 : 1;
  }
  if (settings.alarmGroup === undefined) printAll(HOW_TO_ALARM, world);
  if (!isWhole) return 1;
  const proofs = await proveRoles(wanted, { account, settings, world, mayOpen: flags.prove });
  if (proofs.every(({ words }) => words === HOW_TO_PROVE)) world.print(HOW_TO_PROVE);
  else {
    world.print('The rights, tried with the keys of each role:');
    for (const proof of proofs) printAll(proofLines(proof), world);
  }
  return proofs.some(({ result }) => result === 'refused' || result === 'open') ? 1 : 0;
}

/** What is behind a switch that is off is read and planned once it is on. */
async function carryOutAll(
  steps: readonly Step[],
  wanted: Wanted,
  account: Account,
  flags: SetupFlags,
  world: World,
): Promise<readonly Outcome<Step>[]> {
  const performing = performer(account, world);
  const isOpened = steps.some(({ state }) => state === 'hidden');
  const [first, ...rest] = steps;
  if (!isOpened || first === undefined) return carryOut(steps, performing, isProblem);
  const [opened] = await carryOut([first], performing, isProblem);
  if (opened === undefined) return [];
  if (opened.result !== 'done') return [opened, ...(await carryOut(rest, performing, isProblem))];
  await untilOpen(account, world);
  const found = await readAccount(wanted, account.clients, account.tables);
  const [, ...planned] = planSetup(wanted, found, flags);
  return [opened, ...(await carryOut(planned, performing, isProblem))];
}

/** Waits until a new instance lets this network in. What it refuses then is found where it is used. */
async function untilOpen({ tables }: Account, { runtime }: World): Promise<void> {
  try {
    await patiently(() => tables.list(), runtime);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
  }
}

/** The roles of functions trust Function Compute alone, and a member's role one watcher. */
async function wantedIn(
  { identity, clients, tables }: Account,
  { member }: SetupFlags,
  settings: Settings,
  templates: Templates,
  { randomHex }: World,
): Promise<Wanted> {
  if (member === undefined) {
    return wantedFor(installationOf(settings, identity.accountId), templates);
  }
  const { watcher, externalId = '' } = member;
  const draft = wantedOfMember({ name: settings.name, watcher, externalId }, templates);
  if (externalId !== '') return draft;
  const found = await readAccount(draft, clients, tables);
  const id = externalIdIn(found, draft) ?? randomHex(EXTERNAL_ID_DIGITS);
  return wantedOfMember({ name: settings.name, watcher, externalId: id }, templates);
}

const EXTERNAL_ID_DIGITS = 32;

/** The external id that a role asks for already: another one would lock the watcher out. */
function externalIdIn({ roles }: Found, { roles: [wanted] }: Wanted): string | undefined {
  const role = readOf(roles, wanted?.name ?? '');
  if (role.kind !== 'is') return undefined;
  const conditions = role.value.trust.Statement.map(({ Condition }) => Object(Condition));
  const ids = conditions.map(({ StringEquals }) => Object(StringEquals)['sts:ExternalId']);
  return ids.flat().find((id) => typeof id === 'string' && id !== '');
}

function printCommands(
  flags: SetupFlags,
  settings: Settings,
  templates: Templates,
  { print, randomHex }: World,
): number {
  const { member } = flags;
  const wanted =
    member === undefined
      ? wantedFor(installationOf(settings, ACCOUNT_PLACEHOLDER), templates)
      : wantedOfMember(
          {
            name: settings.name,
            watcher: member.watcher,
            externalId: member.externalId ?? randomHex(EXTERNAL_ID_DIGITS),
          },
          templates,
        );
  const calls = planSetup(wanted, NOTHING_FOUND, flags).flatMap((step) => step.calls);
  const regionOf = { tablestore: settings.instance.regionId, other: settings.functionsRegion };
  const commands = calls.flatMap((call) => {
    const region = call.service === 'tablestore' ? regionOf.tablestore : regionOf.other;
    return commandOf(call, region) ?? [];
  });
  print(
    '# What `npm run setup` does in an account where nothing is there yet, for the Alibaba Cloud CLI.',
  );
  if (commands.some((command) => command.includes('"$ACCOUNT"'))) {
    print('ACCOUNT=1234567890123456 # the id of your account');
  }
  for (const command of commands) print(command);
  const tables = wanted.tables.map(({ name }) => name);
  if (tables.length > 0) print(`# The first tick makes the tables ${tables.join(' and ')}.`);
  if (wanted.instance !== undefined && settings.alarmGroup === undefined) {
    for (const line of HOW_TO_ALARM) print(`# ${line.trim()}`);
  }
  return 0;
}

function titleOf({ identity }: Account, { name, functionsRegion }: Settings): string {
  return `Environment ${name} in account ${identity.accountId} (${identity.arn}), region ${functionsRegion}`;
}

function isGood({ step, result }: Outcome<Step>): boolean {
  const isOpen = step.state !== 'hidden';
  return result !== 'failed' && result !== 'skipped' && isOpen && !isProblem(step);
}

function summaryOfPlan(steps: readonly Step[]): string {
  const changes = steps.filter(({ calls }) => calls.length > 0).length;
  const problems = steps.filter(isProblem).length;
  const words =
    changes === 0
      ? 'Nothing would change'
      : `${changes} of ${steps.length} would be made or changed`;
  return `This was a dry run. ${words}${problems === 0 ? '.' : `; ${problems} need you, see above.`}`;
}

function summaryOf(outcomes: readonly Outcome<Step>[]): string {
  const changed = outcomes.filter(({ result }) => result === 'done').length;
  const bad = outcomes.filter((outcome) => !isGood(outcome)).length;
  const done =
    changed === 0 ? 'Nothing was changed' : `${changed} of ${outcomes.length} made or changed`;
  if (bad > 0) {
    return `${done}; ${bad} are not as they should be, see above. When that is fixed, run it again: it goes on where it stopped.`;
  }
  return changed === 0
    ? 'Nothing to change: everything is there.'
    : `${done}: everything is there now.`;
}

/** Without a contact group CloudMonitor has no one to call. */
const HOW_TO_ALARM = [
  'No alarm watches the watcher itself: a function that is dead sends no message.',
  'Set ALARM_CONTACT_GROUP to the name of a contact group of CloudMonitor (its console lists them under',
  'Alert Contacts) and run setup again: it then calls that group when ticks fail or stay away.',
];

function printMember(wanted: Wanted, account: Account, settings: Settings, { print }: World): void {
  const [role] = wanted.roles;
  const condition = Object(role?.trust.Statement[0]?.Condition).StringEquals as Record<
    string,
    string
  >;
  print('The watcher enters this account with these lines in the file at WATCH_CONFIG:');
  print('  accounts:');
  print(`    - alias: ${settings.name}-${account.identity.accountId}`);
  print(`      roleArn: acs:ram::${account.identity.accountId}:role/${role?.name}`);
  print(`      externalId: ${condition['sts:ExternalId']}`);
}
