import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Environment } from '../../shared/config/environment.ts';

/**
 * Bytes of all variables of a function. Whether names count is not documented, so they do here.
 * Source: Function Compute "Environment variables": 4 KB in all.
 */
const MAX_ENVIRONMENT_BYTES = 4_096;

/** `s.yaml`, and the templates that extend it. */
const TEMPLATE = /^s(?:\.[\w-]+)?\.yaml$/u;
/** As Serverless Devs writes it: `${env('NAME')}` or `${env('NAME', 'otherwise')}`. */
const FROM_SHELL = /^\$\{env\('(?<name>\w+)'(?:, '(?<otherwise>[^']*)')?\)\}$/u;

/** Name of a variable of a function → what the templates in a folder say it is. */
export function deployedVariables(
  folder: string,
  resource: 'watch' | 'view' = 'watch',
): ReadonlyMap<string, string> {
  const templates = readdirSync(folder).filter((name) => TEMPLATE.test(name));
  return new Map(
    templates.flatMap((name) => {
      const template = parse(readFileSync(join(folder, name), 'utf8'), { merge: true });
      const variables = template?.resources?.[resource]?.props?.environmentVariables ?? {};
      return Object.entries(variables).map(([key, value]) => [key, String(value)] as const);
    }),
  );
}

/**
 * What is wrong with the variables that the watch function is deployed with. `referred`: those that
 * the file at WATCH_CONFIG needs there.
 */
export function deploymentProblems(
  referred: readonly string[],
  deployed: ReadonlyMap<string, string>,
  environment: Environment,
): readonly string[] {
  const missing = referred.filter((name) => !deployed.has(name));
  const lines = missing.map((name) => `    ${name}: \${env('${name}')}`);
  const sizes = [...deployed]
    .map(([name, value]) => ({ name, bytes: bytesOf(name, rendered(value, environment)) }))
    .concat(missing.map((name) => ({ name, bytes: bytesOf(name, environment[name] ?? '') })))
    .sort((one, other) => other.bytes - one.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const listed = sizes.map(({ name, bytes }) => `    ${name}: ${bytes}`);
  return [
    ...(missing.length === 0
      ? []
      : [
          'no template passes these variables of WATCH_CONFIG to the watch function. Add them under ' +
            `resources.watch.props.environmentVariables of s.yaml, or of your own template that extends it:\n${lines.join('\n')}\n` +
            '  or set WATCH_CONFIG_KEY (openssl rand -hex 32): their values are then embedded, encrypted',
        ]),
    ...(total <= MAX_ENVIRONMENT_BYTES
      ? []
      : [
          `the variables of the watch function have ${total} bytes, and Function Compute takes ${MAX_ENVIRONMENT_BYTES}. ` +
            `WATCH_CONFIG_KEY moves those that WATCH_CONFIG refers to into the bundle:\n${listed.join('\n')}`,
        ]),
  ];
}

function bytesOf(name: string, value: string): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}

/** The value of a variable where the templates are used with this environment. */
export function rendered(value: string, environment: Environment): string {
  const { name, otherwise = '' } = FROM_SHELL.exec(value)?.groups ?? {};
  return name === undefined ? value : (environment[name] ?? otherwise);
}
