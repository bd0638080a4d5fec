/** A policy, or the trust policy of a role, as far as it decides here. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The only version there is. Source: RAM "Policy elements", Version. */
const VERSION = '1';

/** Undefined for a text that is no policy. */
export function parsePolicy(text: string): PolicyDocument | undefined {
  const document = parsed(text) as Partial<PolicyDocument> | undefined;
  if (document?.Version !== VERSION || !Array.isArray(document.Statement)) return undefined;
  const isWhole = document.Statement.every(
    ({ Effect, Action }: Statement) => ['Allow', 'Deny'].includes(Effect) && Action !== undefined,
  );
  return isWhole ? (document as PolicyDocument) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An explicit Deny wins, and what no statement allows is denied. Source: RAM "Policy evaluation". */
export function isAllowed(
  documents: readonly PolicyDocument[],
  action: string,
  resource: string,
): boolean {
  const fitting = documents
    .flatMap(({ Statement }) => Statement)
    .filter(
      ({ Action, Resource = '*' }) =>
        // Source: RAM "Policy elements": actions ignore the case, resources do not.
        matchesOne(Action, action, 'iu') && matchesOne(Resource, resource, 'u'),
    );
  return (
    fitting.some(({ Effect }) => Effect === 'Allow') &&
    !fitting.some(({ Effect }) => Effect === 'Deny')
  );
}

function matchesOne(patterns: string | readonly string[], text: string, flags: string): boolean {
  return [patterns].flat().some((pattern) => wildcard(pattern, flags).test(text));
}

/** `*` stands for any characters, `?` for one. */
function wildcard(pattern: string, flags: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/gu, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `${flags}s`);
}
