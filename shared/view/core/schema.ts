/** A JSON Schema, as OpenAPI 3.1 takes it: dialect 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema for each field of an object; the compiler refuses a field too few or too many. */
export type FieldSchemas<T> = Readonly<Record<keyof T, Schema>>;

export const TEXT: Schema = { type: 'string' };
export const BOOLEAN: Schema = { type: 'boolean' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const TIME: Schema = { type: 'string', format: 'date-time' };
/** A field that is left out instead of being false. */
export const ALWAYS_TRUE: Schema = { const: true };

export function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema.type, 'null'] };
}

export function listSchema(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object whose field names are data. */
export function mapSchema(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** An object with these fields and no other. */
export function objectSchema(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  const names = Object.keys(required);
  return {
    type: 'object',
    properties: { ...required, ...optional },
    ...(names.length > 0 && { required: names }),
    additionalProperties: false,
  };
}

/** The document describes it once, under this name. */
export function named(title: string, schema: Schema): Schema {
  return { title, ...schema };
}
