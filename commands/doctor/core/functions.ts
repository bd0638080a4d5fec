import { isOfOtherSettings } from '../../deploy/core/description.ts';
import type { DeployedFunction, Difference } from '../../deploy/core/difference.ts';
import { CONSOLE } from './console.ts';
import { type Check, facts, remark, type WorldFinding, wrong } from './finding.ts';

/** A function as it is deployed, and what a deployment would change of it. */
export interface ExaminedFunction {
  readonly difference: Difference;
  readonly deployed: DeployedFunction | null;
}

const DEPLOY = 'npm run deploy -- --dry-run shows it, npm run deploy brings it here.';

/** Whether all functions are there, and are those of this checkout and of the environment. */
export function examineFunctions(examined: readonly ExaminedFunction[], where: Where): Check {
  const names = examined.map(({ difference }) => difference.functionName);
  if (examined.every(({ deployed }) => deployed === null)) {
    return facts(
      `functions: ${names.join(', ')} are not deployed in ${where.region} (npm run deploy)`,
    );
  }
  const found = examined.flatMap(({ difference, deployed }) =>
    deployed === null ? [missing(difference, where)] : examineOne(difference, deployed, where),
  );
  const isWell = found.every(({ level }) => level === 'note');
  return {
    findings: found,
    facts: isWell ? [`functions: ${names.join(', ')} are as this checkout and .env say`] : [],
  };
}

/** Where the functions are. */
export interface Where {
  readonly region: string;
  readonly host: string;
}

function missing({ functionName }: Difference, { region, host }: Where): WorldFinding {
  return wrong(
    'function-missing',
    `The function ${functionName} is not there in ${region}, and others of ecs-watch are.`,
    'npm run deploy makes it.',
    {
      host,
      variables: ['ECS_WATCH_NAME', 'DEPLOY_REGION'],
      console: CONSOLE.functionOf(functionName),
    },
  );
}

function examineOne(
  { functionName: name, settings, added, changed, removed, triggers }: Difference,
  deployed: DeployedFunction,
  { host }: Where,
): readonly WorldFinding[] {
  const found: WorldFinding[] = [];
  const place = { host, console: CONSOLE.functionOf(name) };
  const off = deployed.triggers.filter(({ triggerConfig }) => triggerConfig.enable === false);
  for (const { triggerName } of off) {
    found.push(
      wrong(
        'trigger-off',
        `The trigger ${triggerName} of ${name} is switched off: nothing runs the function.`,
        'Switch it on in the console, or deploy again: npm run deploy.',
        { host, console: CONSOLE.triggersOf(name) },
      ),
    );
  }
  const others = triggers.filter((trigger) =>
    off.every(({ triggerName }) => triggerName !== trigger),
  );
  if (others.length > 0) {
    found.push(
      wrong(
        'trigger',
        `The trigger ${others.join(', ')} of ${name} is missing or differs from s.yaml.`,
        DEPLOY,
        {
          host,
          console: CONSOLE.triggersOf(name),
        },
      ),
    );
  }
  const code = settings.find((setting) => setting.name === 'description');
  if (code !== undefined && isOfOtherSettings(code.from, code.to)) {
    found.push(
      wrong(
        'function-settings',
        `The function ${name} was deployed with another domain, certificate, key or limits of queued events.`,
        DEPLOY,
        place,
      ),
    );
  } else if (code !== undefined) {
    found.push(
      wrong(
        'function-code',
        `The function ${name} runs other code than this checkout: ${text(code.from)}, and here is ${text(code.to)}.`,
        `${DEPLOY} Or check out the version that is deployed.`,
        place,
      ),
    );
  }
  const variables = [
    ...changed.map((variable) => `${variable} differs`),
    ...added.map((variable) => `${variable} is not set there`),
    ...removed.map((variable) => `${variable} is set there alone`),
  ];
  if (variables.length > 0) {
    found.push(
      wrong(
        'function-variables',
        `The function ${name} has other variables than .env: ${variables.join(', ')}.`,
        DEPLOY,
        { ...place, variables: [...changed, ...added, ...removed] },
      ),
    );
  }
  const rest = settings.filter((setting) => setting.name !== 'description');
  if (rest.length > 0) {
    const words = rest.map(
      ({ name: what, from, to }) => `${what} is ${text(from)}, not ${text(to)}`,
    );
    found.push(
      wrong(
        'function-settings',
        `The function ${name} has other settings than s.yaml: ${words.join('; ')}.`,
        DEPLOY,
        place,
      ),
    );
  }
  if (!hasLogStore(deployed)) {
    found.push(
      remark(
        'no-logs',
        `The logs of ${name} are lost: no log store is configured.`,
        'Set DEPLOY_LOG_PROJECT, and deploy: what a function says is then kept.',
        { variables: ['DEPLOY_LOG_PROJECT'], console: CONSOLE.logs },
      ),
    );
  }
  return found;
}

function hasLogStore({ settings: { logConfig } }: DeployedFunction): boolean {
  const { project } = Object(logConfig) as { readonly project?: unknown };
  return typeof project === 'string' && project !== '';
}

function text(value: unknown): string {
  if (value === null || value === '') return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
