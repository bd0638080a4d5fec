import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { bundleFunctions, ROOT } from '../bundle.ts';
import { buildOf } from '../deploy/build-of.ts';
import { type DeployedFunction, differenceOf } from '../deploy/core/difference.ts';
import type { FunctionTemplate } from '../deploy/core/template.ts';
import { ownFunctions } from '../deploy/own-functions.ts';
import { readDeploySettings } from '../deploy/settings.ts';
import { wantedFunctions } from '../deploy/wanted.ts';
import { ControlError } from '../setup/refusal.ts';
import { deployedVariables } from '../watch-file/deployed.ts';
import { prepareFile } from '../watch-file/prepare.ts';
import { type Check, facts, findings, wrong } from './core/finding.ts';
import { type ExaminedFunction, examineFunctions } from './core/functions.ts';
import type { Looking } from './looking.ts';

/** What is known of the functions, for the examinations that depend on them. */
export interface FunctionsLook {
  readonly check: Check;
  readonly areDeployed: boolean;
  /** Of the view's HTTP trigger. */
  readonly viewUrl?: string;
}

/** Whether the deployed functions are those of this checkout and of the environment. */
export async function lookAtFunctions(looking: Looking): Promise<FunctionsLook> {
  const { environment, credentials, redact, build } = looking;
  const unread = (words: string): FunctionsLook => ({
    check: facts(`functions: not examined: ${words}`),
    areDeployed: false,
  });
  try {
    const { name, region, endpoint } = readDeploySettings(environment);
    const { functionCompute, hostOf } = await import('../deploy/function-compute.ts');
    const compute = functionCompute({ credentials, region, endpoint, redact });
    const found = await ownFunctions(compute, name);
    const isDeployed = found.some(({ deployed }) => deployed !== null);
    const named = { ...environment, ECS_WATCH_NAME: name };
    const code = isDeployed ? await build(named) : undefined;
    const { functions: wanted } = wantedFunctions(named, code);
    const check = examineFunctions(
      found.map(({ resource, deployed }) => examined(wanted[resource], deployed)),
      { region, host: hostOf({ region, endpoint }) },
    );
    const view = found.find(({ resource }) => resource === 'view');
    const viewUrl = view?.deployed ? await compute.addressOf(view.name) : undefined;
    return { check, areDeployed: isDeployed, ...(viewUrl !== undefined && { viewUrl }) };
  } catch (error) {
    // What is wrong with the variables themselves is found where they are read.
    if (error instanceof ConfigError) {
      const found = error.problems.map((problem) =>
        wrong(
          'configuration',
          `${problem}.`,
          'Correct it in .env, for example with npm run configure.',
        ),
      );
      return { check: findings(...found), areDeployed: false };
    }
    if (error instanceof ControlError) return unread(error.message);
    if (!isMissingPackage(error)) throw error;
    return unread('the development packages are not installed (npm ci)');
  }
}

function examined(template: FunctionTemplate, deployed: DeployedFunction | null): ExaminedFunction {
  return { difference: differenceOf(template, deployed), deployed };
}

/** What the code of this checkout is called. It is built beside `dist`, which may be of another build. */
export async function buildNow(environment: Environment): Promise<string> {
  const { file } = prepareFile(environment, deployedVariables(ROOT));
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-doctor-'));
  try {
    await bundleFunctions(folder, undefined, file);
    return buildOf(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isMissingPackage(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}
