/** An answer of the view. `notModified`: the page has it already. */
export type Answer<T> =
  | { readonly kind: 'answer'; readonly status: number; readonly json: T; readonly etag: string }
  | { readonly kind: 'unchanged'; readonly headers: Headers };

/** Why the view gave no answer, in its own words where it gave some. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
  /** The HTTP status; 0: no answer came. */
  readonly status: number;
  /** The code of the problem; empty: it has none. */
  readonly code: string;

  constructor(status: number, message: string, { cause, code = '' }: ErrorOptions & Coded = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}

interface Coded {
  readonly code?: string;
}

/** The view's own addresses, relative to the page. */
export interface Client {
  /**
   * `etag`: of the answer that the caller has. `accepted`: statuses of an answer besides 200.
   * @throws {ViewError}
   */
  get<T>(path: string, options?: GetOptions): Promise<Answer<T>>;
}

interface GetOptions {
  readonly etag?: string;
  readonly accepted?: readonly number[];
  readonly timeoutMs?: number;
  /** Gives the question up. */
  readonly signal?: AbortSignal | undefined;
}

/** The last one keeps a browser from asking for a password while the page polls. */
const HEADERS = { accept: 'application/json', 'x-requested-with': 'ecs-watch' } as const;

/** A browser does not say which of the redirections it was. */
const REDIRECTED = 302;

/** A view answers within seconds, or its function is cut off. */
const TIMEOUT_MS = 30_000;

/** `fetch` of a browser, as far as the page uses it. */
export type Fetch = (
  path: string,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly cache: 'no-store';
    readonly credentials: 'same-origin';
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export function createClient(fetch: Fetch): Client {
  return {
    async get<T>(path: string, options: GetOptions = {}): Promise<Answer<T>> {
      const { etag = '', accepted = [], timeoutMs = TIMEOUT_MS } = options;
      const headers = { ...HEADERS, ...(etag !== '' && { 'if-none-match': etag }) };
      const signal = anyOf([AbortSignal.timeout(timeoutMs), options.signal]);
      const response = await ask(fetch, path, headers, signal);
      if (response.status === 304) return { kind: 'unchanged', headers: response.headers };
      const { status } = response;
      const text = await response.text().catch((cause: unknown) => {
        throw new ViewError(0, messageOf(cause), { cause });
      });
      if (!response.ok && !accepted.includes(status)) {
        const { detail = `HTTP ${status}`, code = '' } = problemIn(text);
        throw new ViewError(status, detail, { code });
      }
      const json = parsed(text);
      if (json === undefined) throw new ViewError(status, `${path} answered what is no JSON`);
      return { kind: 'answer', status, json: json as T, etag: response.headers.get('etag') ?? '' };
    },
  };
}

async function ask(
  fetch: Fetch,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers,
      // The page compares validators itself.
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'manual',
      signal,
    });
  } catch (cause) {
    throw new ViewError(0, messageOf(cause), { cause });
  }
  // The view leads nowhere else: that is a proxy, whose page would not let itself be read.
  if (response.type === 'opaqueredirect') throw new ViewError(REDIRECTED, `${path} was redirected`);
  return response;
}

/** `AbortSignal.any` for browsers that do not have it. */
function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal?.aborted === true) controller.abort(signal.reason);
    signal?.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}

/** The words and the code of a problem document. */
function problemIn(text: string): { readonly detail?: string; readonly code?: string } {
  const { detail, type } = (parsed(text) ?? {}) as { detail?: unknown; type?: unknown };
  return {
    ...(typeof detail === 'string' && { detail }),
    ...(typeof type === 'string' && { code: type.replace(/^urn:ecs-watch:/u, '') }),
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
