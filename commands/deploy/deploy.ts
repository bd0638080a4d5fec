import { join } from 'node:path';
import { variablesIn } from '../../shared/config/file-values.ts';
import { bundleFunctions, ROOT } from '../bundle.ts';
import { remarksOn } from '../configure/remarks.ts';
import { withCredentials } from '../credentials.ts';
import { holdingDist } from '../hold-dist.ts';
import { withProgress } from '../progress.ts';
import { printAll, type World } from '../setup/world.ts';
import { deployedVariables } from '../watch-file/deployed.ts';
import { prepareFile } from '../watch-file/prepare.ts';
import { buildOf } from './build-of.ts';
import { type Difference, differenceOf, isNothing } from './core/difference.ts';
import { type FunctionTemplate, RESOURCES, type Resource } from './core/template.ts';
import { differenceLines, removalQuestion } from './core/words.ts';
import {
  type DeployFlags,
  type Deployment,
  failureOf,
  isYes,
  openDeployment,
} from './deployment.ts';
import { firstTick } from './first-tick.ts';
import type { FunctionCompute } from './function-compute.ts';
import { ownFunctions } from './own-functions.ts';
import { runServerlessDevs } from './serverless-devs.ts';
import { type DeploySettings, readDeploySettings, secretsOf } from './settings.ts';
import { wantedFunctions } from './wanted.ts';

/**
 * Brings the functions to what this checkout and the environment say, and runs a tick. Returns the
 * exit code: 1 where something failed, or where a removal was not agreed to.
 */
export async function deploy(flags: DeployFlags, world: World): Promise<number> {
  const { settings, credentials } = await withCredentials(
    () => readDeploySettings(world.environment),
    world.findCredentials,
  );
  const { watch, view, file } = settings;
  const secrets = [...watch.secrets, ...view.secrets, ...secretsOf(world.environment)];
  const deployment = await openDeployment(settings, credentials, secrets);
  const { identity } = deployment;
  world.print(`Account ${identity.accountId}, region ${settings.region} (${identity.arn})`);
  printAll(remarksOn(world.environment, variablesIn(file)), world);
  return holdingDist(() => deployFrom(settings, deployment, flags, world));
}

async function deployFrom(
  settings: DeploySettings,
  deployment: Deployment,
  flags: DeployFlags,
  world: World,
): Promise<number> {
  const { compute, redact } = deployment;
  // Before the build, which takes seconds: a name may lead to functions of something else.
  const deployed = await ownFunctions(compute, settings.name);
  const { file } = prepareFile(world.environment, deployedVariables(ROOT));
  await withProgress(
    () => 'Building the functions',
    () => bundleFunctions(undefined, undefined, file),
  );
  const named = { ...world.environment, ECS_WATCH_NAME: settings.name };
  const {
    functions: wanted,
    environment,
    overlay,
  } = wantedFunctions(named, buildOf(join(ROOT, 'dist')));

  const before = differencesOf(wanted, deployed);
  printAll(['', 'What changes:', ...differenceLines(before), ''], world);
  if (flags.dryRun) return 0;
  if (before.every(isNothing)) world.print('Everything is deployed as it should be.');
  else {
    if (!(await isAgreed(before, flags, world))) return 1;
    const run = await withProgress(
      () => 'Deploying',
      () =>
        runServerlessDevs(
          { ...deployment, root: ROOT, command: 'deploy', environment, overlay },
          world,
        ),
    );
    const after = differencesOf(wanted, await ownFunctions(compute, settings.name));
    if (run.code !== 0 || !after.every(isNothing)) {
      const left = after.filter((difference) => !isNothing(difference));
      printAll(failureOf(run, redact), world);
      if (left.length > 0) printAll(['Not as it should be yet:', ...differenceLines(left)], world);
      world.print('Deploying again goes on from here.');
      return 1;
    }
    world.print(`Deployed: ${RESOURCES.map((name) => wanted[name].functionName).join(', ')}.`);
  }
  const report = await firstTick(wanted.watch.functionName, compute, world);
  await printAddresses(settings, wanted, compute, world);
  return report?.ok === true ? 0 : 1;
}

function differencesOf(
  wanted: Readonly<Record<Resource, FunctionTemplate>>,
  found: Awaited<ReturnType<typeof ownFunctions>>,
): readonly Difference[] {
  return found.map(({ resource, deployed }) => differenceOf(wanted[resource], deployed));
}

async function isAgreed(
  differences: readonly Difference[],
  { yes }: DeployFlags,
  world: World,
): Promise<boolean> {
  const question = removalQuestion(differences);
  if (question === undefined || yes) return true;
  const answer = await world.ask(question);
  if (isYes(answer)) return true;
  world.print(
    'Nothing was deployed: a variable that is deployed would be removed. Set it in .env, or say --yes.',
  );
  return false;
}

async function printAddresses(
  { watch, view }: DeploySettings,
  { view: { functionName } }: Readonly<Record<Resource, FunctionTemplate>>,
  compute: FunctionCompute,
  world: World,
): Promise<void> {
  const url = await compute.addressOf(functionName);
  const names = watch.channels.map(({ name }) => name);
  const isOpen = view.isPublic || view.tokens.length > 0;
  printAll(
    [
      '',
      names.length === 0
        ? 'No channel is configured: changes are recorded, and no message is sent.'
        : `Changes are sent to ${names.join(', ')}.`,
      ...(url === undefined ? [] : [`The view: ${url}`]),
      ...(url === undefined || !/\.fcapp\.run\/?$/u.test(url)
        ? []
        : [
            '  Browsers download what comes from there. For people:',
            `  npm run page -- --view ${url}`,
          ]),
      ...(isOpen ? [] : ['It answers /healthz alone until VIEW_TOKEN is set.']),
      'If nothing arrives within two minutes of a change: npm run doctor.',
    ],
    world,
  );
}
