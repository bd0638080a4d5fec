import { invalidParameter, missingParameter } from './errors.ts';
import type { Tag } from './fleet/instance.ts';
import type { Parameters } from './request.ts';

/** @throws {ApiError} MissingParameter when it is absent or empty. */
export function requiredParameter(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** A whole number, `undefined` when absent. @throws {ApiError} InvalidParameter for anything else. */
export function integer(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw invalidParameter(name);
  return Number(value);
}

/** A number that is not negative, `undefined` when absent. @throws {ApiError} InvalidParameter for anything else. */
export function decimal(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,15}(\.\d{1,15})?$/.test(value)) throw invalidParameter(name);
  return Number(value);
}

/** `true` or `false`, `absent` when it is not given. @throws {ApiError} InvalidParameter for anything else. */
export function flag(parameters: Parameters, name: string, absent = false): boolean {
  const value = parameters.get(name)?.toLowerCase() || String(absent);
  if (value !== 'true' && value !== 'false') throw invalidParameter(name);
  return value === 'true';
}

/** One of `choices`, the first when absent. @throws {ApiError} InvalidParameter for anything else. */
export function choice<const T extends string>(
  parameters: Parameters,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = parameters.get(name) ?? '';
  if (value === '') return choices[0];
  const chosen = choices.find((candidate) => candidate === value);
  if (chosen === undefined) throw invalidParameter(name);
  return chosen;
}

/** `Name.1=…&Name.2=…` in the order of its numbers, `undefined` when there is none. */
export function repeatList(parameters: Parameters, name: string): readonly string[] | undefined {
  const items = [...parameters]
    .map(([key, value]) => ({ number: parameterNumber(key, name), value }))
    .filter(({ number }) => number > 0)
    .sort((a, b) => a.number - b.number);
  return items.length === 0 ? undefined : items.map(({ value }) => value);
}

/** `["a","b"]`, `undefined` when absent. @throws {ApiError} InvalidParameter for anything else. */
export function jsonList(parameters: Parameters, name: string): readonly string[] | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  const list = parsed(value);
  if (!Array.isArray(list) || list.some((item) => typeof item !== 'string')) {
    throw invalidParameter(name);
  }
  return list;
}

/** `Tag.1.Key=…&Tag.1.Value=…`; a tag without a value has the empty one. */
export function tags(parameters: Parameters): readonly Tag[] {
  const tag = (number: number): Tag | undefined => {
    const key = parameters.get(`Tag.${number}.Key`);
    return key === undefined
      ? undefined
      : { key, value: parameters.get(`Tag.${number}.Value`) ?? '' };
  };
  return Array.from({ length: MAX_TAGS }, (_, index) => tag(index + 1)).filter(
    (candidate) => candidate !== undefined,
  );
}

// Tag.N: N from 1 to 20. https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describeinstances
const MAX_TAGS = 20;

function parameterNumber(key: string, name: string): number {
  if (!key.startsWith(`${name}.`)) return 0;
  const digits = key.slice(name.length + 1);
  return /^\d+$/.test(digits) ? Number(digits) : 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
