import { withCredentials } from '../credentials.ts';
import { deployedFunctions } from '../deploy/deployed.ts';
import { type Account, installationOf, openAccount, readTemplates } from './account.ts';
import { carryOut, type Outcome } from './carry-out.ts';
import { removalLines } from './core/report.ts';
import { planTeardown, type Removal } from './core/teardown-plan.ts';
import { wantedFor, wantedOfMember } from './core/wanted.ts';
import { performer } from './perform.ts';
import { readAccount } from './read.ts';
import { ControlError } from './refusal.ts';
import { readSettings, type Settings } from './settings.ts';
import { printAll, type World } from './world.ts';

export interface TeardownFlags {
  readonly dryRun: boolean;
  /** Deletes tables and instance without asking. */
  readonly yes: boolean;
  readonly member: boolean;
}

/** Removes what setup has made of an environment. Returns the exit code. */
export async function tearDown(flags: TeardownFlags, world: World): Promise<number> {
  const { print } = world;
  const { settings } = await withCredentials(
    () => readSettings(world.environment, flags.member),
    world.findCredentials,
  );
  const account = await openAccount(settings, world);
  const templates = readTemplates();
  const { accountId } = account.identity;
  const wanted = flags.member
    ? wantedOfMember({ name: settings.name, watcher: '', externalId: '' }, templates)
    : wantedFor(
        // What is not configured any more is removed as well.
        {
          ...installationOf(settings, accountId),
          entersAccounts: true,
          writesNotes: true,
          alarmGroup: settings.alarmGroup ?? '',
        },
        templates,
      );
  print(`Environment ${settings.name} in account ${accountId}, region ${settings.functionsRegion}`);
  const removals = planTeardown(wanted, await readAccount(wanted, account.clients, account.tables));
  if (!flags.member) await warnOfFunctions(account, world);
  if (flags.dryRun) {
    for (const removal of removals) printAll(removalLines(removal), world);
    print('This was a dry run: nothing was deleted.');
    return removals.some(({ state }) => state === 'unread') ? 1 : 0;
  }
  const isDataLost = await mayDeleteData(removals, flags, settings, world);
  const steps = isDataLost ? removals : removals.map(withoutData);
  const outcomes = await carryOut(
    steps,
    performer(account, world),
    ({ state }) => state === 'unread',
  );
  for (const { step, ...done } of outcomes) printAll(removalLines(step, done), world);
  const bad = outcomes.filter((outcome) => !isGood(outcome)).length;
  print(
    bad === 0
      ? removedWords(outcomes.map(({ step }) => step))
      : `${bad} could not be removed, see above. When that is fixed, run it again.`,
  );
  return bad === 0 ? 0 : 1;
}

/** What was left was not asked for, or is not of setup: each has said why. */
function removedWords(steps: readonly Removal[]): string {
  const left = steps.flatMap(({ what, state }) =>
    state === 'left' || state === 'hidden' ? [what] : [],
  );
  const all = left.length === 0 ? 'Removed.' : `Left: ${left.join(', ')}. The rest is removed.`;
  return `${all} Functions are removed by npm run remove.`;
}

/** Without tables and roles, every tick of a function that is still there fails. */
async function warnOfFunctions({ credentials, redact }: Account, world: World): Promise<void> {
  const found = await deployedFunctions(world.environment, credentials, redact);
  if (found instanceof ControlError)
    world.print(`Whether functions are still deployed could not be seen: ${found.message}`);
  else if (found.length > 0)
    world.print(
      `Still deployed: ${found.join(', ')}. Without what is removed here every tick fails: npm run remove first.`,
    );
}

/** Only the name of the environment is a yes: the history cannot be had back. */
async function mayDeleteData(
  removals: readonly Removal[],
  { yes }: TeardownFlags,
  { name }: Settings,
  { ask, print }: World,
): Promise<boolean> {
  const data = removals.filter(({ isData, calls }) => isData && calls.length > 0);
  if (yes || data.length === 0) return true;
  const list = data.map(({ what }) => what).join(', ');
  const question = `Delete the whole history: ${list}? Type ${name} to do it, anything else to leave them: `;
  const answer = await ask(question);
  if (answer === undefined)
    print(`Left, as there is no terminal to ask on (--yes deletes them): ${list}`);
  return answer?.trim() === name;
}

function withoutData(removal: Removal): Removal {
  const isKept = removal.isData && removal.state === 'there';
  return isKept
    ? { ...removal, state: 'left', words: ['it holds the history'], calls: [] }
    : removal;
}

function isGood({ step, result }: Outcome<Removal>): boolean {
  return result !== 'failed' && result !== 'skipped' && step.state !== 'unread';
}
