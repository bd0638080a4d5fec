import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Environment } from '../../shared/config/environment.ts';
import { fillIn, type Resource } from '../deploy/core/template.ts';

/**
 * Bytes of all variables of a function. Whether names count is not documented, so they do here.
 * Source: Function Compute "Environment variables": 4 KB in all.
 */
const MAX_ENVIRONMENT_BYTES = 4_096;

/** `s.yaml`, and the templates that extend it. */
const TEMPLATE = /^s(?:\.[\w-]+)?\.yaml$/u;

/** Name of a variable → what the templates say it is, for each function. */
export type DeployedVariables = Readonly<Record<Resource, ReadonlyMap<string, string>>>;

/** The variables that the templates in a folder give to the functions. */
export function deployedVariables(folder: string): DeployedVariables {
  const templates = readdirSync(folder)
    .filter((name) => TEMPLATE.test(name))
    .map((name) => parse(readFileSync(join(folder, name), 'utf8'), { merge: true }));
  const variablesOf = (resource: Resource): ReadonlyMap<string, string> =>
    new Map(
      templates.flatMap((template) => {
        const variables = template?.resources?.[resource]?.props?.environmentVariables ?? {};
        return Object.entries(variables).map(([key, value]) => [key, String(value)] as const);
      }),
    );
  return { watch: variablesOf('watch'), scan: variablesOf('scan'), view: variablesOf('view') };
}

/**
 * What is wrong with the variables that the functions are deployed with. `referred`: those that the
 * file at WATCH_CONFIG needs in the functions that watch.
 */
export function deploymentProblems(
  referred: readonly string[],
  { watch, scan, view }: DeployedVariables,
  environment: Environment,
): readonly string[] {
  const missing = referred.filter((name) => !watch.has(name) || !scan.has(name));
  const lacking = missing.map((name) => [name, `\${env('${name}')}`] as const);
  const lines = lacking.map(([name, value]) => `    ${name}: ${value}`);
  return [
    ...(missing.length === 0
      ? []
      : [
          'no template passes these variables of WATCH_CONFIG to the functions watch and scan. Add them under ' +
            'resources.watch.props.environmentVariables of s.yaml, which scan shares, or for both in your own ' +
            `template that extends it:\n${lines.join('\n')}\n` +
            '  or set WATCH_CONFIG_KEY (openssl rand -hex 32): their values are then embedded, encrypted',
        ]),
    ...sizeProblems('watch', new Map([...watch, ...lacking]), environment, KEY_MOVES_THEM),
    ...sizeProblems('view', view, environment, FILE_HOLDS_THEM),
  ];
}

const KEY_MOVES_THEM = 'WATCH_CONFIG_KEY moves those that WATCH_CONFIG refers to into the bundle';
const FILE_HOLDS_THEM =
  'Shorten the largest; what is watched may be in the file at WATCH_CONFIG, which is embedded';

function sizeProblems(
  resource: Resource,
  variables: ReadonlyMap<string, string>,
  environment: Environment,
  advice: string,
): readonly string[] {
  const sizes = [...variables]
    .map(([name, value]) => ({ name, bytes: bytesOf(name, fillIn(value, environment)) }))
    .sort((one, other) => other.bytes - one.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_ENVIRONMENT_BYTES) return [];
  const listed = sizes.map(({ name, bytes }) => `    ${name}: ${bytes}`);
  return [
    `the variables of the ${resource} function have ${total} bytes, and Function Compute takes ` +
      `${MAX_ENVIRONMENT_BYTES}. ${advice}:\n${listed.join('\n')}`,
  ];
}

function bytesOf(name: string, value: string): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}
