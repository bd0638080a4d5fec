import type { Rights } from './rights.ts';

/** A request to the view as a value; the wire around it belongs to the adapter. */
export interface ViewRequest {
  readonly method: string;
  /** The decoded segments: none for `/`, two for `/instances/i-1`. */
  readonly path: readonly string[];
  readonly query: QueryParameters;
  /** Names in lower case. Several values of one name are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly access: Access;
  /** The name of a token that may write notes. Absent: the caller may not. */
  readonly author?: string;
}

/** Name → value. Several values of one name are joined by commas. */
export type QueryParameters = ReadonlyMap<string, string>;

/**
 * What the request's credentials open: everything, nothing, or a part of it. `closed`: no token is
 * configured, so none can match.
 */
export type Access = 'granted' | 'refused' | 'closed' | Rights;

/** Browsers ask for HTML by name; programs do not. */
export function wantsHtml({ headers }: ViewRequest): boolean {
  return headers.get('accept')?.toLowerCase().includes('text/html') ?? false;
}
