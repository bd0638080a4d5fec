import { z } from 'zod';
import type { Shape } from '../../shared/lib/shape.ts';

/** What the schemas of the file are made of: each says in words what is wrong. */

export const text = (allowed: Shape) =>
  z
    .string({ error: missingOr('is not a text: put it in quotes') })
    .superRefine((value, context) => {
      if (!allowed.allows(value)) context.addIssue(`is not ${allowed.words}`);
    });

export const listOf = <T extends z.ZodType>(item: T) =>
  z.array(item, { error: missingOr('is not a list') }).min(1, 'is an empty list');

export function missingOr(otherwise: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    input === undefined || input === null ? 'is missing' : otherwise;
}
