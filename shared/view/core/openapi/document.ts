import { withoutParameters } from '../accept.ts';
import { REFUSALS, type RouteAccess } from '../authorize.ts';
import type { DeclaredParameters } from '../parameter.ts';
import { TEXT } from '../schema.ts';
import { hoistSchemas } from './components.ts';
import type { Headers, ResponseDescription, Responses, RouteDescription } from './description.ts';
import { INTRODUCTION } from './introduction.ts';
import { problemResponse } from './responses.ts';

/** A route, as far as the document describes it. */
export interface DescribedRoute {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly string[];
  readonly access: RouteAccess;
  readonly about: RouteDescription;
}

/** All routes as one document. Source: OpenAPI Specification 3.1.1. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string): object {
  const { value: paths, schemas } = hoistSchemas(
    Object.fromEntries(routes.map((route) => [route.path, pathItem(route)])),
  );
  return {
    openapi: '3.1.1',
    info: {
      title: 'ecs-watch',
      version,
      summary: 'The state of a fleet of ECS instances, what it was, and what changed.',
      description: INTRODUCTION,
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'The token of the view.' },
  basic: { type: 'http', scheme: 'basic', description: 'The token as the password of any user.' },
};
const WITH_TOKEN = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }));

function pathItem({ name, methods, access, about }: DescribedRoute): object {
  const operation = {
    operationId: name,
    summary: about.summary,
    ...parametersOf(about),
    ...bodyOf(about),
    security: access === 'open' ? [{}, ...WITH_TOKEN] : WITH_TOKEN,
    responses: responsesOf({ ...REFUSALS[access], ...about.responses }),
  };
  return Object.fromEntries(methods.map((method) => [method.toLowerCase(), operation]));
}

function parametersOf({ parameters, pathParameters = {} }: RouteDescription): object {
  const all = [
    ...Object.entries(pathParameters).map(([name, description]) => {
      return { name, in: 'path', required: true, description, schema: TEXT };
    }),
    ...queryParameters(parameters),
  ];
  return all.length === 0 ? {} : { parameters: all };
}

function bodyOf({ body }: RouteDescription): object {
  if (body === undefined) return {};
  const { description, schema } = body;
  const content = { 'application/json': { schema } };
  return { requestBody: { description, required: true, content } };
}

function queryParameters(parameters: DeclaredParameters): readonly object[] {
  return Object.entries(parameters).map(([name, { description, schema, required, example }]) => {
    const isList = schema.type === 'array';
    return {
      name,
      in: 'query',
      description,
      ...(required && { required }),
      // Values are parted by commas.
      ...(isList && { explode: false }),
      schema,
      ...(example !== undefined && { example: isList ? example.split(',') : example }),
    };
  });
}

const REQUEST_ID: Headers = {
  'x-request-id': { description: 'The id of the request, as the log has it.', schema: TEXT },
};

/** Errors of every address: 405 for another method, 500 for a broken configuration. */
const ANY_OTHER = problemResponse('What is wrong with any other request, or with the view.');

function responsesOf(responses: Responses): object {
  const described = Object.entries(responses).map(([status, response]) => {
    return [status, responseOf(response)];
  });
  return { ...Object.fromEntries(described), default: responseOf(ANY_OTHER) };
}

function responseOf({ description, headers = {}, content }: ResponseDescription): object {
  return {
    description,
    headers: { ...REQUEST_ID, ...headers },
    ...(content !== undefined && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, schema]) => [withoutParameters(type), { schema }]),
      ),
    }),
  };
}
