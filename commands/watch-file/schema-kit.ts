import { z } from 'zod';
import type { Problem } from '../../shared/config/targets.ts';
import type { Shape } from '../../shared/lib/shape.ts';

/** What the schemas of the file are made of: each says in words what is wrong. */

export const checked = (problemOf: (value: string) => Problem) =>
  z
    .string({ error: missingOr('is not a text: put it in quotes') })
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== undefined) context.addIssue(problem);
    });

export const text = ({ allows, words }: Shape) =>
  checked((value) => (allows(value) ? undefined : `is not ${words}`));

export const listOf = <T extends z.ZodType>(item: T) =>
  z.array(item, { error: missingOr('is not a list') }).min(1, 'is an empty list');

export const MISSING = 'is missing';

export function missingOr(otherwise: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    input === undefined || input === null ? MISSING : otherwise;
}
