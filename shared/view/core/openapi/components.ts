import type { Schema } from '../schema.ts';

interface Hoisted {
  readonly value: unknown;
  /** Name → schema. */
  readonly schemas: Readonly<Record<string, unknown>>;
}

/** Replaces every schema that has a name by a reference, and lists it under its name. */
export function hoistSchemas(value: unknown): Hoisted {
  const schemas = new Map<string, unknown>();
  const hoisted = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(hoisted);
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).map(([key, own]) => [key, hoisted(own)] as const);
    const copy: Schema = Object.fromEntries(entries);
    if (!isNamed(part)) return copy;
    schemas.set(part.title, copy);
    return { $ref: `#/components/schemas/${part.title}` };
  };
  return { value: hoisted(value), schemas: Object.fromEntries([...schemas].sort()) };
}

/** A field called `title` has a schema, and no text. */
function isNamed(part: object): part is { readonly title: string } {
  return 'title' in part && typeof part.title === 'string';
}
