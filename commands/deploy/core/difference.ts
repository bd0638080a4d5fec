import { goneWithin, NAMES_VARIABLE } from './names-within.ts';
import type { FunctionTemplate, TriggerTemplate } from './template.ts';

/** A function as Function Compute has it. */
export interface DeployedFunction {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | null;
  readonly triggers: readonly TriggerTemplate[];
}

/** How s.yaml describes what it deploys, with and without a build. */
const DESCRIPTION = /^ecs-watch(?:$| )/u;
/** Both functions have it, whatever was written into their description since. */
const OWN_VARIABLE = 'TABLESTORE_INSTANCE';

/** Was a function deployed from some checkout of ecs-watch, and not for something else under the same name? */
export function isOfEcsWatch({ settings, environmentVariables }: DeployedFunction): boolean {
  return (
    DESCRIPTION.test(String(settings.description ?? '')) ||
    Object.hasOwn(environmentVariables, OWN_VARIABLE)
  );
}

/** What a deployment would change of one function. Of variables only names: values may be secrets. */
export interface Difference {
  readonly functionName: string;
  readonly isNew: boolean;
  /** Names and values of settings that differ. */
  readonly settings: readonly Setting[];
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Variables that are set now and would not be. */
  readonly removed: readonly string[];
  /** Channels, accounts and tokens that are named within variables, and would not be any more. */
  readonly gone: readonly string[];
  readonly triggers: readonly string[];
}

export interface Setting {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
}

export function differenceOf(
  template: FunctionTemplate,
  deployed: DeployedFunction | null,
): Difference {
  const { functionName } = template;
  const before = deployed?.environmentVariables ?? {};
  const after = template.environmentVariables;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  // An empty string means unset: a variable that this version knows is no addition by itself.
  const isSet = (values: Readonly<Record<string, string>>, name: string) =>
    (values[name] ?? '') !== '';
  return {
    functionName,
    isNew: deployed === null,
    settings: deployed === null ? [] : settingsOf(template, deployed),
    added: names.filter((name) => !isSet(before, name) && isSet(after, name)),
    changed: names.filter(
      (name) => isSet(before, name) && isSet(after, name) && before[name] !== after[name],
    ),
    removed: names.filter(
      (name) => isSet(before, name) && !isSet(after, name) && name !== NAMES_VARIABLE,
    ),
    gone: goneWithin(before, after),
    triggers: deployed === null ? [] : triggersOf(template.triggers, deployed.triggers),
  };
}

export function isNothing(difference: Difference): boolean {
  const { isNew, settings, added, changed, removed, gone, triggers } = difference;
  const lists = [settings, added, changed, removed, gone, triggers];
  return !isNew && lists.every((list) => list.length === 0);
}

function settingsOf(template: FunctionTemplate, deployed: DeployedFunction): readonly Setting[] {
  const wanted = { ...template.settings, reservedConcurrency: template.reservedConcurrency };
  const found: Readonly<Record<string, unknown>> = {
    ...deployed.settings,
    reservedConcurrency: deployed.reservedConcurrency,
  };
  return Object.entries(wanted)
    .map(([name, to]) => ({ name, from: found[name] ?? null, to }))
    .filter(({ name, from, to }) => !isSame(name, from, to));
}

/** A role has a name in s.yaml and an ARN, in lower case, in Function Compute. */
function isSame(name: string, from: unknown, to: unknown): boolean {
  if (name === 'role') return nameOfRole(from) === nameOfRole(to);
  return canonical(from) === canonical(to);
}

function nameOfRole(role: unknown): string {
  return String(role ?? '')
    .split('/')
    .slice(-1)
    .join()
    .toLowerCase();
}

function triggersOf(
  wanted: readonly TriggerTemplate[],
  found: readonly TriggerTemplate[],
): readonly string[] {
  const byName = new Map(found.map((trigger) => [trigger.triggerName, trigger]));
  return wanted
    .filter(({ triggerName, triggerType, triggerConfig }) => {
      const other = byName.get(triggerName);
      return (
        other === undefined ||
        other.triggerType !== triggerType ||
        // Function Compute may add fields with its defaults.
        Object.entries(triggerConfig).some(
          ([name, value]) => canonical(other.triggerConfig[name]) !== canonical(value),
        )
      );
    })
    .map(({ triggerName }) => triggerName);
}

/** JSON without regard to the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
