import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../shared/config/environment.ts';
import { ROOT } from '../bundle.ts';
import { withCredentials } from '../credentials.ts';
import { withProgress } from '../progress.ts';
import { printAll, type World } from '../setup/world.ts';
import { overlayOf } from './core/overlay.ts';
import { requiredShellVariables } from './core/template.ts';
import { type DeployFlags, failureOf, isYes, openDeployment } from './deployment.ts';
import { ownFunctions } from './own-functions.ts';
import { runServerlessDevs } from './serverless-devs.ts';
import { readPlaceSettings, secretsOf } from './settings.ts';

/** Removes the functions. Returns the exit code. */
export async function remove(flags: DeployFlags, world: World): Promise<number> {
  const { settings, credentials } = await withCredentials(
    () => readPlaceSettings(world.environment),
    world.findCredentials,
  );
  const deployment = await openDeployment(settings, credentials, secretsOf(world.environment));
  const { identity, compute, redact } = deployment;
  world.print(`Account ${identity.accountId}, region ${settings.region} (${identity.arn})`);
  const present = async (): Promise<readonly string[]> => {
    const found = await ownFunctions(compute, settings.name);
    return found.flatMap(({ name, deployed }) => (deployed === null ? [] : [name]));
  };

  const before = await present();
  if (before.length === 0) {
    world.print(`There is nothing to remove: no function of ${settings.name} exists.`);
    return 0;
  }
  if (flags.dryRun) {
    world.print(`Would be removed: ${before.join(', ')}.`);
    return 0;
  }
  if (!flags.yes && !(await isAgreed(before, world))) return 1;
  const environment = {
    ...standIns(world.environment),
    ECS_WATCH_NAME: settings.name,
    DEPLOY_REGION: settings.region,
  };
  const run = await withProgress(
    () => 'Removing',
    () =>
      runServerlessDevs(
        {
          ...deployment,
          root: ROOT,
          command: 'remove',
          environment,
          overlay: overlayOf(environment),
        },
        world,
      ),
  );
  const left = await present();
  if (left.length > 0) {
    printAll(failureOf(run, redact), world);
    world.print(`Still there: ${left.join(', ')}. Removing again goes on from here.`);
    return 1;
  }
  world.print(`Removed: ${before.join(', ')}.`);
  const domain = world.environment.DEPLOY_DOMAIN;
  if (domain)
    world.print(
      `Whether the domain ${domain} and its certificate are gone is shown by the Function Compute console, under ` +
        'custom domains. Its DNS record is yours to remove.',
    );
  world.print(
    'Tables and roles are still there; npm run teardown removes them, and the history with them.',
  );
  return 0;
}

/** The CLI fills in s.yaml before it removes anything: what is not set has any value there. */
function standIns(environment: Environment): Environment {
  const names = requiredShellVariables(readFileSync(join(ROOT, 's.yaml'), 'utf8'));
  const unset = names.filter((name) => !environment[name]);
  return { ...environment, ...Object.fromEntries(unset.map((name) => [name, 'none'])) };
}

async function isAgreed(names: readonly string[], world: World): Promise<boolean> {
  const question = `Remove ${listed(names)}? Nothing is watched any more then. [y/N] `;
  const answer = await world.ask(question);
  if (isYes(answer)) return true;
  world.print('Nothing was removed. Without a terminal to ask on, say --yes.');
  return false;
}

function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ');
}
