/**
 * A parameter of an address. The parser reads its value by the schema, and `/openapi.json` shows the
 * same schema, so that they cannot disagree.
 */
export interface Parameter<S extends ParameterSchema = ParameterSchema> {
  /** One line, for people. */
  readonly description: string;
  readonly schema: S;
  readonly required?: true;
  /** A value as it stands in a query. */
  readonly example?: string;
}

/** The parameters of an address by name. */
export type DeclaredParameters = Readonly<Record<string, Parameter>>;

export type ParameterSchema = TextSchema | WholeSchema | ListSchema;

interface TextSchema {
  readonly type: 'string';
  /** Without it, any text. */
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly default?: string;
}

interface WholeSchema {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
}

/** In a query, the values are parted by commas. */
interface ListSchema {
  readonly type: 'array';
  readonly items: { readonly type: 'string'; readonly enum?: readonly string[] };
}

export function textParameter(description: string, example?: string): Parameter<TextSchema> {
  return { description, schema: { type: 'string' }, ...(example !== undefined && { example }) };
}

/** Text of a form. `otherwise`: what stands for it where it is not given. */
export function patternParameter(
  pattern: string,
  description: string,
  example: string,
  otherwise?: string,
): Parameter<TextSchema> {
  const fallback = otherwise === undefined ? {} : { default: otherwise };
  return { description, schema: { type: 'string', pattern, ...fallback }, example };
}

export function choiceParameter<T extends string>(
  choices: readonly T[],
  description: string,
  otherwise?: T,
): Parameter<TextSchema & { readonly enum: readonly T[] }> {
  const fallback = otherwise === undefined ? {} : { default: otherwise };
  return { description, schema: { type: 'string', enum: choices, ...fallback } };
}

export function wholeParameter(
  [minimum, maximum]: readonly [number, number],
  otherwise: number,
  description: string,
): Parameter<WholeSchema> {
  return { description, schema: { type: 'integer', minimum, maximum, default: otherwise } };
}

/** `choices`: without them, any values. */
export function listParameter(
  description: string,
  example: string,
  choices?: readonly string[],
): Parameter<ListSchema> {
  const items = { type: 'string', ...(choices !== undefined && { enum: choices }) } as const;
  return { description, schema: { type: 'array', items }, example };
}

/** Items of one answer: when the caller names no limit, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export function limitParameter(description = 'The most items of one answer.') {
  return wholeParameter([1, MAX_LIMIT], DEFAULT_LIMIT, description);
}

export function cursorParameter(field = 'nextCursor'): Parameter<TextSchema> {
  return textParameter(`${field} of an earlier answer with the same parameters.`);
}

/** `90s`, `30m`, `2h` or `7d`. */
export const DURATION = /^\d{1,6}[smhd]$/u;

export function durationParameter(
  description: string,
  example: string,
  otherwise?: string,
): Parameter<TextSchema> {
  return patternParameter(DURATION.source, description, example, otherwise);
}
