/** A policy or a trust policy of RAM. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: unknown;
}

/** Words of the files in deploy/ → what stands for them in an account. */
export type Replacements = Readonly<Record<string, string>>;

/** A document of deploy/ with what is known of the account filled in. */
export function rendered(document: PolicyDocument, replacements: Replacements): PolicyDocument {
  const fill = (text: string): string =>
    Object.entries(replacements).reduce((filled, [word, by]) => filled.replaceAll(word, by), text);
  return mapTexts(document, fill) as PolicyDocument;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapTexts(member, change)]),
  );
}

/** Whether two documents say the same: a list of one is its item, and neither order nor spaces count. */
export function isSameDocument(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical).sort();
    return items.length === 1 ? String(items[0]) : `[${items.join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .sort();
  return `{${members.join(',')}}`;
}

/** What one document allows and the other does not, for people. */
export function differences(found: PolicyDocument, wanted: PolicyDocument): readonly string[] {
  const has = rightsOf(found);
  const needs = rightsOf(wanted);
  const lacks = [...needs].filter((right) => !has.has(right));
  const excess = [...has].filter((right) => !needs.has(right));
  return [
    ...(lacks.length > 0 ? [`lacks ${lacks.join(', ')}`] : []),
    ...(excess.length > 0 ? [`has ${excess.join(', ')} as well`] : []),
  ];
}

/** `ots:GetRow on acs:ots:…`, or `sts:AssumeRole for Service fc.aliyuncs.com`. */
function rightsOf({ Statement = [] }: Partial<PolicyDocument>): ReadonlySet<string> {
  const rights = [Statement].flat().flatMap((statement) => {
    const { Effect, Action = [], Resource, Principal, Condition } = statement;
    const targets = [
      ...[Resource ?? []].flat().map((resource) => ` on ${resource}`),
      ...Object.entries(Principal ?? {}).flatMap(([kind, names]) =>
        [names].flat().map((name) => ` for ${kind} ${name}`),
      ),
    ];
    const suffix = Condition === undefined ? '' : ` if ${canonical(Condition)}`;
    const prefix = Effect === 'Allow' ? '' : `${Effect} `;
    return [Action]
      .flat()
      .flatMap((action) =>
        (targets.length === 0 ? [''] : targets).map(
          (target) => `${prefix}${action}${target}${suffix}`,
        ),
      );
  });
  return new Set(rights);
}
