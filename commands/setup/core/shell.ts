import type { Call, Parameter, Parameters } from './call.ts';

/** Stands for the id of an account that is not known. A shell puts it in. */
export const ACCOUNT_PLACEHOLDER = '$ACCOUNT';

/** The command of the Alibaba Cloud CLI that is equal to a call; undefined where it has none. */
export function commandOf(call: Call, regionId: string): string | undefined {
  const { service, action, parameters } = call;
  switch (service) {
    case 'tables':
      return undefined;
    case 'tablestore': {
      const path = `/v2/openapi/${action.toLowerCase()}`;
      const body = JSON.stringify(named(parameters));
      return `aliyun tablestore POST ${path} --region ${regionId} --header Content-Type=application/json --body ${quoted(body)}`;
    }
    case 'ram':
    case 'cms': {
      const flags = flattened(parameters).map(([name, value]) => `--${name} ${quoted(value)}`);
      const region = service === 'cms' ? [`--region ${regionId}`] : [];
      return ['aliyun', service, action, ...region, ...flags].join(' ');
    }
  }
}

/** As the wire has them: `RoleName`, `Escalations.Critical.Times`, `Id.1`. */
export function flattened(parameters: Parameters, prefix = ''): readonly [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    const path = `${prefix}${wireName(name)}`;
    if (Array.isArray(value)) return value.map((item, at) => [`${path}.${at + 1}`, String(item)]);
    if (isNested(value)) return [...flattened(value, `${path}.`)];
    return [[path, String(value)]];
  });
}

/** A JSON body: the same names, not flattened. */
export function named(parameters: Parameters): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      wireName(name),
      isNested(value) ? named(value) : value,
    ]),
  );
}

/** Models say `roleName` for what the wire calls `RoleName`. */
function wireName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function isNested(value: Parameter): value is Parameters {
  return typeof value === 'object' && !Array.isArray(value);
}

/** One word for a shell, in which it fills in the account. */
function quoted(text: string): string {
  if (/^[\w.:/=-]+$/u.test(text)) return text;
  const inQuotes = `'${text.replaceAll("'", `'\\''`)}'`;
  return inQuotes.replaceAll(ACCOUNT_PLACEHOLDER, `'"$ACCOUNT"'`);
}
