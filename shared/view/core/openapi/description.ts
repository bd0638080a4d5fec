import type { DeclaredParameters } from '../parameter.ts';
import type { Schema } from '../schema.ts';

/** What `/openapi.json` says of an address, besides what its access and its path say. */
export interface RouteDescription {
  readonly summary: string;
  /** Of its query. */
  readonly parameters: DeclaredParameters;
  /** Of its path: name → what it is. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** What is sent to it as JSON. */
  readonly body?: { readonly description: string; readonly schema: Schema };
  /** What its handler answers. */
  readonly responses: Responses;
}

/** Status → what is answered with it. */
export type Responses = Readonly<Record<number, ResponseDescription>>;

export interface ResponseDescription {
  readonly description: string;
  readonly headers?: Headers;
  /** Media type → schema. Its parameters, such as a character set, are left out of the document. */
  readonly content?: Readonly<Record<string, Schema>>;
}

export type Headers = Readonly<Record<string, HeaderDescription>>;

export interface HeaderDescription {
  readonly description: string;
  readonly schema: Schema;
}
