/** What a handler answers, before it is written down: JSON, an error, or content of any type. */
export type Reply = (
  | { readonly json: object }
  | { readonly error: ErrorBody; readonly extra?: object }
  | { readonly content: string | Uint8Array; readonly mediaType: string }
  | { readonly empty: true }
) & {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The validator of the content, quoted and perhaps weak, as RFC 9110 writes it. */
  readonly etag?: string;
  /** What went wrong inside, for the log; the caller reads it in the body. */
  readonly problem?: string;
};

export interface ErrorBody {
  /** For programs, as the end of the problem's type; the same for every failure of its kind. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

export function errorReply(status: number, code: string, message: string): Reply {
  return { status, error: { code, message } };
}

/** Everything that is wrong with a request, at once. */
export function badRequest(problems: readonly string[]): Reply {
  return errorReply(400, 'bad-request', problems.join('; '));
}
