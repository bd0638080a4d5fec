import { type Check, facts, findings, wrong } from './finding.ts';

/** What `/healthz` of the view has answered. */
export type ViewAnswer =
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown };

export function examineView(url: string, answer: ViewAnswer): Check {
  const { host } = new URL(url);
  const place = { host, variables: ['VIEW_URL'] };
  if (answer.kind === 'failed') {
    return findings(
      wrong(
        'view',
        `The view is not reached at ${host}: ${answer.reason}.`,
        'Check VIEW_URL where it is set; npm run deploy prints the address of the view.',
        place,
      ),
    );
  }
  const { status } = answer;
  const { ok, degraded, error } = Object(answer.body) as {
    readonly ok?: unknown;
    readonly degraded?: unknown;
    readonly error?: { readonly message?: unknown };
  };
  if (typeof ok !== 'boolean') {
    return findings(
      wrong(
        'view',
        `${host}/healthz answers HTTP ${status}, and not as the view does.`,
        'Check VIEW_URL where it is set, and look at the log of the view function.',
        place,
      ),
    );
  }
  if (ok) {
    return facts(
      `view: ${host}/healthz says healthy${degraded === true ? ', and that a channel fails' : ''}`,
    );
  }
  const reason = error === undefined ? 'a scope is not healthy' : String(error.message);
  return findings(
    wrong(
      'view-unhealthy',
      `The view says that the watcher is not healthy (HTTP ${status}): ${reason}.`,
      'What is stored, below, says which scope. If that is healthy, the view has another TABLESTORE_ENDPOINT or prefix.',
      place,
    ),
  );
}
