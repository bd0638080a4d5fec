import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { openApiDocument } from '../../shared/view/core/openapi/document.ts';
import { ROUTES } from '../../shared/view/routes/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests, not by the compiler.
export type Json = any;

/** The document as a client reads it. */
export const DOCUMENT: Json = JSON.parse(JSON.stringify(openApiDocument(ROUTES, '0.1.0')));

/** RFC 3339, which JSON Schema means by `date-time`. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u;

const ajv = validatorOf();
/** Headers are texts: `12` and `true` are taken for what they spell. */
const headerAjv = validatorOf({ coerceTypes: true });

function validatorOf(options = {}): Ajv2020 {
  const made = new Ajv2020({ allowUnionTypes: true, allErrors: true, ...options });
  made.addFormat('date-time', DATE_TIME);
  // References lead to the components of the document, which stand beside each schema.
  made.addVocabulary(['components']);
  return made;
}

const compiled = new WeakMap<object, ValidateFunction>();

function problemsOf(schema: object, value: unknown, by = ajv): readonly unknown[] {
  const { components } = DOCUMENT;
  const validate = compiled.get(schema) ?? by.compile({ ...schema, components });
  compiled.set(schema, validate);
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Fails unless the value is as the component of this name describes it. */
export function expectValid(component: string, value: unknown): void {
  expect(problemsOf(DOCUMENT.components.schemas[component], value)).toEqual([]);
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers of HTTP and of safety, which every answer has. */
const COMMON_HEADERS: readonly string[] = [
  ...['content-type', 'cache-control', 'vary', 'allow', 'x-content-type-options'],
  ...['referrer-policy', 'access-control-allow-origin', 'access-control-expose-headers'],
  ...['content-encoding'],
];

/** Fails unless the document says that the address may answer this. */
export function expectDocumented(
  path: readonly string[],
  method: string,
  { status, headers, body }: Answered,
): void {
  if (method === 'OPTIONS') return;
  const operation = operationOf(path, method);
  const response =
    operation?.responses[status] ?? (operation ?? DOCUMENT.paths['/'].get).responses.default;
  const { 'content-type': contentType, ...others } = headers;
  // Of an address that does not exist, only the form of the problem is described.
  const given = Object.entries(operation === undefined ? {} : others).filter(
    ([name]) => !COMMON_HEADERS.includes(name),
  );
  const wrongHeaders = given.flatMap(([name, value]) => {
    const header = response.headers[name];
    return header === undefined
      ? [`undocumented: ${name}`]
      : problemsOf(headerSchema(header), { value }, headerAjv);
  });
  const content = response.content?.[contentType?.split(';')[0] ?? ''];
  const isContentKnown = contentType === undefined || content !== undefined;
  const isJson = contentType?.includes('json') === true && !contentType.includes('ndjson');
  const value = () => (isJson ? JSON.parse(body) : body);
  const wrongBody =
    content === undefined || method === 'HEAD' ? [] : problemsOf(content.schema, value());

  expect({ path, status, contentType, isContentKnown, wrongHeaders, wrongBody }).toEqual({
    path,
    status,
    contentType,
    isContentKnown: true,
    wrongHeaders: [],
    wrongBody: [],
  });
}

const headerSchemas = new WeakMap<object, object>();

function headerSchema(header: { readonly schema: object }): object {
  const known = headerSchemas.get(header) ?? {
    type: 'object',
    properties: { value: header.schema },
  };
  headerSchemas.set(header, known);
  return known;
}

/** Undefined: there is no such address. */
function operationOf(path: readonly string[], method: string): Json {
  const found = Object.keys(DOCUMENT.paths).find((template) => {
    const parts = template.split('/').filter(Boolean);
    return (
      parts.length === path.length &&
      parts.every((part, index) => part.startsWith('{') || part === path[index])
    );
  });
  if (found === undefined) return undefined;
  const { get, post } = DOCUMENT.paths[found];
  return (method === 'POST' ? post : get) ?? get ?? post;
}
