import { listedScopes } from '../../shared/core/target.ts';
import { tableDefinitions, tablesOf } from '../../shared/tablestore/tables.ts';
import { HARMLESS_PROBES, proveRights } from '../setup/prove.ts';
import { ControlError } from '../setup/refusal.ts';
import { tablesClient } from '../setup/tables.ts';
import { type ExaminedTable, examineTables } from './core/account.ts';
import { allChecks, type Check, facts, NOTHING } from './core/finding.ts';
import { examineRights } from './core/rights.ts';
import { ASK_TIMEOUT_MS, type Looking } from './looking.ts';

/**
 * The tables of the journal, and what this key may do with their rows. Where Tablestore is not reached,
 * which is a problem by itself, only the rights at ECS are tried.
 */
export async function lookAtStore(looking: Looking, isReached: boolean): Promise<Check> {
  if (!isReached) return lookAtRights(looking, 'ecs:');
  const { check, areUsable } = await lookAtTables(looking);
  return allChecks([check, areUsable ? await lookAtRights(looking, '') : NOTHING]);
}

/** `areUsable`: they may be, as far as is known. */
export async function lookAtTables({
  config,
  credentials,
  runtime,
  redact,
}: Pick<Looking, 'config' | 'credentials' | 'runtime' | 'redact'>): Promise<{
  readonly check: Check;
  readonly areUsable: boolean;
}> {
  const { tablestore } = config;
  const definitions = tableDefinitions(tablesOf(tablestore.tablePrefix));
  const client = tablesClient({ ...tablestore, credentials }, definitions, { runtime, redact });
  const read = await Promise.all(
    definitions.map(async ({ name, keys }) => ({ name, keys, found: await client.describe(name) })),
  );
  const examined: ExaminedTable[] = [];
  for (const { name, keys, found } of read) {
    if (found.kind === 'unread' || found.kind === 'hidden') {
      const words = found.kind === 'unread' ? found.words : 'its instance is closed';
      const check = facts(`tables: the keys of ${name} cannot be read: ${words}`);
      return { check, areUsable: true };
    }
    examined.push({ name, wanted: keys, found: found.kind === 'is' ? found.value.keys : null });
  }
  const isComplete = examined.every(({ found }) => found !== null);
  const others = isComplete
    ? []
    : await client.list().catch((error: unknown) => {
        if (!(error instanceof ControlError)) throw error;
        return undefined;
      });
  const { host } = new URL(tablestore.endpoint);
  const check = examineTables(examined, others, host);
  return { check, areUsable: isComplete && check.findings.length === 0 };
}

/** `prefix`: only rights that begin so. */
async function lookAtRights(
  { config, credentials, runtime, redact }: Looking,
  prefix: string,
): Promise<Check> {
  const { tablestore, targets, ecsEndpoint } = config;
  const watchedRegion = listedScopes(targets)[0]?.regionId ?? '';
  const { instance: name, endpoint, tablePrefix } = tablestore;
  const all = watchedRegion === '' ? probesOf('ots:', HARMLESS_PROBES) : HARMLESS_PROBES;
  const probes = probesOf(prefix, all);
  const rights = { Effect: 'Allow', Action: Object.keys(probes), Resource: '*' } as const;
  const proofs = await proveRights(
    {
      role: '',
      credentials,
      document: { Version: '1', Statement: [rights] },
      settings: {
        instance: { name, endpoint },
        watchedRegion,
        endpoints: ecsEndpoint === undefined ? {} : { ECS: ecsEndpoint },
      },
      tables: tablesOf(tablePrefix),
      runtime,
      redact,
      limitMs: ASK_TIMEOUT_MS,
    },
    probes,
  );
  return examineRights(proofs, { ots: new URL(endpoint).host });
}

/** Where all regions are watched, ECS is asked in each of them elsewhere. */
function probesOf(prefix: string, probes: typeof HARMLESS_PROBES): typeof HARMLESS_PROBES {
  return Object.fromEntries(Object.entries(probes).filter(([right]) => right.startsWith(prefix)));
}
