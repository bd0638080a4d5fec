import { parse } from 'yaml';
import type { Environment } from '../../../shared/config/environment.ts';

/** A function as s.yaml describes it, with its variables filled in. */
export interface FunctionTemplate {
  readonly functionName: string;
  /** What Function Compute keeps of it beside code and variables: `timeout`, `role` … */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | null;
  readonly triggers: readonly TriggerTemplate[];
  /** What a deployment sets and does not read back: domain with certificate and key, limits of queued events. */
  readonly unread: Readonly<Record<string, unknown>>;
}

export interface TriggerTemplate {
  readonly triggerName: string;
  readonly triggerType: string;
  readonly triggerConfig: Readonly<Record<string, unknown>>;
}

/** The names of the functions in s.yaml. */
export type Resource = (typeof RESOURCES)[number];

export const RESOURCES = ['watch', 'scan', 'view'] as const;

/** As Serverless Devs writes it: `${env('NAME')}` or `${env('NAME', 'otherwise')}`. */
const FROM_SHELL = /\$\{env\('(?<name>\w+)'(?:, '(?<otherwise>[^']*)')?\)\}/gu;

/** A text of a template with the variables of the shell filled in. As in Serverless Devs, an empty one is unset. */
export function fillIn(text: string, environment: Environment): string {
  return text.replaceAll(
    FROM_SHELL,
    (_all, name: string, otherwise: string | undefined) => environment[name] || (otherwise ?? ''),
  );
}

/** Names of the variables of the shell that a template takes. */
export function shellVariablesIn(template: string): readonly string[] {
  return [...template.matchAll(FROM_SHELL)].flatMap(({ groups }) => groups?.name ?? []);
}

/** Those of them that have no other value, so that Serverless Devs stops without them. */
export function requiredShellVariables(template: string): readonly string[] {
  return [...template.matchAll(FROM_SHELL)].flatMap(({ groups }) =>
    groups?.name === undefined || groups.otherwise !== undefined ? [] : [groups.name],
  );
}

/** Of the component `fc3`, and not of the function: where it is, and where its code lies. */
const OF_THE_COMPONENT = new Set(['region', 'code', 'functionName', 'environmentVariables']);
/** Calls of their own set these, and read them back. */
const SET_APART = new Set(['triggers', 'concurrencyConfig']);
/** Calls of their own set these as well. */
const UNREAD = new Set(['asyncInvokeConfig', 'customDomain']);

/** The functions of templates of Serverless Devs, each laid over the ones before it. */
export function functionsOf(
  templates: readonly string[],
  environment: Environment,
): Readonly<Record<Resource, FunctionTemplate>> {
  const trees = templates.map((text) => parse(text, { merge: true }) as Tree);
  const { resources } = filled(trees.reduce(merged), environment) as unknown as {
    readonly resources: Readonly<Record<Resource, { readonly props: Properties }>>;
  };
  return {
    watch: functionOf(resources.watch.props),
    scan: functionOf(resources.scan.props),
    view: functionOf(resources.view.props),
  };
}

interface Properties {
  readonly functionName: string;
  readonly environmentVariables?: Readonly<Record<string, string>>;
  readonly concurrencyConfig?: { readonly reservedConcurrency: number };
  readonly triggers?: readonly TriggerTemplate[];
}

function functionOf(props: Properties): FunctionTemplate {
  const { functionName, environmentVariables = {}, concurrencyConfig, triggers = [] } = props;
  const settings = Object.entries(props).filter(
    ([name]) => !OF_THE_COMPONENT.has(name) && !SET_APART.has(name) && !UNREAD.has(name),
  );
  return {
    functionName,
    settings: Object.fromEntries(settings),
    environmentVariables,
    reservedConcurrency: concurrencyConfig?.reservedConcurrency ?? null,
    triggers,
    unread: Object.fromEntries(Object.entries(props).filter(([name]) => UNREAD.has(name))),
  };
}

type Tree = { readonly [name: string]: unknown };

/** `extend` of Serverless Devs: maps are merged, all else is replaced. */
function merged(below: Tree, above: Tree): Tree {
  const both = Object.entries(above).map(([name, value]) => {
    const other = below[name];
    return [name, isTree(value) && isTree(other) ? merged(other, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(both) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function filled(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string') return fillIn(value, environment);
  if (Array.isArray(value)) return value.map((item) => filled(item, environment));
  if (!isTree(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, filled(item, environment)]);
  return Object.fromEntries(entries);
}
