import { readBody } from '../../shared/lib/read-body.ts';
import type { Upstream } from './upstream.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Why the view cannot be read with this token, in one sentence; undefined: it can. It is asked for the
 * description of itself, which needs a token and reads nothing that is stored.
 * @throws {UpstreamError}
 */
export async function problemOfView(
  { host }: URL,
  upstream: Upstream,
  hasToken: boolean,
): Promise<string | undefined> {
  const headers = { accept: 'application/json' };
  const answer = await upstream.ask('openapi.json', { headers });
  const body = parsed((await readBody(answer, MAX_BYTES)).toString());
  const { statusCode } = answer;
  if (statusCode === 200 && body.info?.title === 'ecs-watch') return undefined;
  if (statusCode === 401) {
    return hasToken
      ? `${host} refuses the token: it must be VIEW_TOKEN of the deployed view.`
      : `${host} asks for a token: set VIEW_TOKEN, or name a file that holds it with --token-file.`;
  }
  if (typeof body.detail === 'string') return `${host} refuses: ${body.detail}.`;
  return `${host} is no view of ecs-watch: it answers HTTP ${statusCode} to /openapi.json.`;
}

interface Body {
  readonly info?: { readonly title?: unknown };
  readonly detail?: unknown;
}

function parsed(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
