import { Direction, INF_MAX, INF_MIN } from 'tablestore';
import { parseJson } from '../../shared/core/json.ts';
import { endpointOf } from '../../shared/ecs/endpoint.ts';
import { ecsRefusal, networkFailure } from '../../shared/ecs/failure.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import { send } from '../../shared/open-api/send.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { InventoryError } from '../../shared/ports/inventory.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { type Caller, createCaller } from '../../shared/tablestore/caller.ts';
import { createClient } from '../../shared/tablestore/client.ts';
import { ANY_ROW, EXISTING_ROW } from '../../shared/tablestore/conditions.ts';
import { stateKey } from '../../shared/tablestore/rows.ts';
import type { Tables } from '../../shared/tablestore/tables.ts';
import type { PolicyDocument } from './core/document.ts';
import type { Proof } from './core/proof.ts';
import type { Settings } from './settings.ts';

export interface Proving {
  readonly role: string;
  /** Keys of the role. */
  readonly credentials: Credentials;
  /** What the role should be allowed. */
  readonly document: PolicyDocument;
  readonly settings: Pick<Settings, 'watchedRegion' | 'endpoints'> & {
    readonly instance: Pick<Settings['instance'], 'name' | 'endpoint'>;
  };
  readonly tables: Tables;
  readonly runtime: Runtime;
  readonly redact: Redact;
  /** For all questions to a service; by default, as long as new tables take. */
  readonly limitMs?: number;
}

type Verdict = Omit<Proof, 'role' | 'right'>;
/** Tries one right. @throws {InventoryError | JournalError} when it was not answered as hoped. */
type Probe = (proving: Proving, caller: Caller) => Promise<Verdict>;

/** Tries rights of a role with its own keys, on a row of its own and by questions that change nothing. */
export async function proveRights(
  proving: Proving,
  probes: Readonly<Record<string, Probe>> = PROBES,
): Promise<readonly Proof[]> {
  const { document, role, runtime, limitMs = READY_MS } = proving;
  const proofs: Proof[] = [];
  // In the order of the rows' life, so that what is put is there for the others and is deleted last.
  const rights = document.Statement.flatMap(({ Action }) => Action);
  const known = Object.keys(probes).filter((right) => rights.includes(right));
  // A service that is slow takes no time from the other.
  for (const service of ['ecs:', 'ots:', 'fc:']) {
    const deadlineMs = runtime.now() + limitMs;
    const caller = callerOf(proving, deadlineMs);
    for (const right of known.filter((each) => each.startsWith(service))) {
      const isLate = deadlineMs - runtime.now() < MIN_TRY_MS;
      const verdict = isLate
        ? OUT_OF_TIME
        : await verdictOf(probes[right] as Probe, proving, caller);
      proofs.push({ role, right, ...verdict });
    }
  }
  return proofs;
}

const PROVED: Verdict = { result: 'proved', words: '' };
/** An answer from another continent takes less. In a shorter time, none would say nothing of the service. */
const MIN_TRY_MS = 500;
const OUT_OF_TIME: Verdict = { result: 'unclear', words: 'not tried: out of time' };
const REFUSED = /^(?:Forbidden|NoPermission|OTSNoPermissionAccess)/u;

async function verdictOf(probe: Probe, proving: Proving, caller: Caller): Promise<Verdict> {
  try {
    return await probe(proving, caller);
  } catch (error) {
    if (!(error instanceof InventoryError || error instanceof JournalError)) throw error;
    const result = REFUSED.test(error.code) ? 'refused' : 'unclear';
    return { result, words: reasonOf(error) };
  }
}

// --- ECS

const CALL_TIMEOUT_MS = 10_000;
const DRY_RUN_PASSED = 'DryRunOperation';

async function askEcs(
  { credentials, settings, runtime, redact, limitMs = READY_MS }: Proving,
  action: string,
  query: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { watchedRegion: regionId, endpoints } = settings;
  const endpoint = endpointOf(regionId, endpoints.ECS);
  const answer = await send(
    {
      endpoint,
      action,
      query: { RegionId: regionId, ...query },
      credentials,
      timeoutMs: Math.min(limitMs, CALL_TIMEOUT_MS),
    },
    runtime,
  ).catch((error: unknown) => {
    throw networkFailure(error, `${endpoint.host} (ECS_ENDPOINT, or region ${regionId})`);
  });
  if (answer.status >= 400) throw ecsRefusal(answer, redact, regionId);
  return Object(parseJson(answer.text));
}

async function tryInstances(proving: Proving): Promise<Verdict> {
  try {
    await askEcs(proving, 'DescribeInstances', { DryRun: 'true' });
    return { result: 'unclear', words: 'a dry run was answered as if it were none' };
  } catch (error) {
    if (error instanceof InventoryError && error.code === DRY_RUN_PASSED) return PROVED;
    throw error;
  }
}

/** It knows no dry run, and may answer an empty list to a caller without the right. Source: ECS announcement of 2025-09-03. */
async function tryStatus(proving: Proving): Promise<Verdict> {
  const { TotalCount: count } = await askEcs(proving, 'DescribeInstanceStatus', { PageSize: '1' });
  if (Number(count) > 0) return PROVED;
  const { watchedRegion } = proving.settings;
  const words =
    `an empty list came from ${watchedRegion}: either there are no instances, or the right is missing ` +
    'and ECS does not say so';
  return { result: 'unclear', words };
}

async function tryRegions(proving: Proving): Promise<Verdict> {
  await askEcs(proving, 'DescribeRegions', {});
  return PROVED;
}

// --- Tablestore

/** A new table may need a minute. Source: Tablestore "CreateTable". */
const READY_MS = 90_000;
const SCOPE = 'ecs-watch-setup';
const KEY = stateKey(SCOPE, 'proof');

function callerOf(
  { settings, credentials, runtime, redact, limitMs = READY_MS }: Proving,
  deadlineMs: number,
): Caller {
  const client = createClient(
    { ...settings.instance, instance: settings.instance.name, credentials },
    () => Math.min(limitMs, CALL_TIMEOUT_MS),
  );
  return createCaller(() => client, {
    deadlineMs,
    runtime,
    redact,
    // The tables are there, or have just been made: the caller then waits until they are ready.
    createTables: () => Promise.resolve(),
  });
}

const rowProbe =
  (operation: 'getRow' | 'putRow' | 'updateRow' | 'deleteRow', more: object = {}): Probe =>
  async ({ tables }, caller) => {
    await caller.call(operation, 'repeatable', {
      tableName: tables.state,
      condition: ANY_ROW,
      primaryKey: KEY,
      ...more,
    });
    return PROVED;
  };

/**
 * A write on the condition that a row is there which never is: it is refused for want of the right, or
 * else for want of the row, and changes nothing.
 */
const harmless =
  (operation: 'putRow' | 'updateRow' | 'deleteRow', more: object = {}): Probe =>
  async ({ tables }, caller) => {
    try {
      await caller.call(operation, 'once', {
        tableName: tables.state,
        condition: EXISTING_ROW,
        primaryKey: stateKey(SCOPE, 'nothing'),
        ...more,
      });
      return { result: 'unclear', words: 'a row is there that setup has never made' };
    } catch (error) {
      if (error instanceof JournalError && error.code === 'OTSConditionCheckFail') return PROVED;
      throw error;
    }
  };

const tryRange: Probe = async ({ tables }, caller) => {
  await caller.call('getRange', 'repeatable', {
    tableName: tables.journal,
    direction: Direction.FORWARD,
    inclusiveStartPrimaryKey: [{ scope: SCOPE }, { seq: INF_MIN }],
    exclusiveEndPrimaryKey: [{ scope: SCOPE }, { seq: INF_MAX }],
    limit: 1,
  });
  return PROVED;
};

const tryBatch: Probe = async ({ tables }, caller) => {
  await caller.call('batchGetRow', 'repeatable', {
    tables: [{ tableName: tables.state, primaryKey: [KEY] }],
  });
  return PROVED;
};

/** The table exists, which is said only to a caller that may create it. */
const tryCreateTable: Probe = async ({ tables }, caller) => {
  try {
    await caller.call('createTable', 'once', {
      tableMeta: { tableName: tables.state, primaryKey: [{ name: 'scope', type: 'STRING' }] },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive: -1, maxVersions: 1 },
    });
    return { result: 'unclear', words: 'the table was not there, and has the wrong key now' };
  } catch (error) {
    if (error instanceof JournalError && error.code === 'OTSObjectAlreadyExist') return PROVED;
    throw error;
  }
};

// --- Function Compute

/** Function Compute knows no dry run of an invocation, and setup comes before the function is deployed. */
const sayUntried: Probe = async () => ({
  result: 'untried',
  words:
    'to try it is to run the function scan, which npm run deploy makes later. It is needed with more than ' +
    'SHARD_ABOVE_SCOPES scopes (8): a tick that lacks it says so, and names it',
});

/**
 * Every right that a policy in deploy/ gives, but that to enter other accounts: the doctor tries each of
 * those.
 */
export const PROBES: Readonly<Record<string, Probe>> = {
  'ecs:DescribeInstances': tryInstances,
  'ecs:DescribeInstanceStatus': tryStatus,
  'ecs:DescribeRegions': tryRegions,
  'ots:PutRow': rowProbe('putRow', { attributeColumns: [{ madeBy: 'npm run setup' }] }),
  'ots:GetRow': rowProbe('getRow'),
  'ots:UpdateRow': rowProbe('updateRow', {
    updateOfAttributeColumns: [{ PUT: [{ madeBy: 'npm run setup' }] }],
  }),
  'ots:GetRange': tryRange,
  'ots:BatchGetRow': tryBatch,
  'ots:CreateTable': tryCreateTable,
  'ots:DeleteRow': rowProbe('deleteRow'),
  'fc:InvokeFunction': sayUntried,
};

/** The same rights, as far as trying them leaves no trace. `ecs:DescribeInstances` is tried in every region. */
export const HARMLESS_PROBES: Readonly<Record<string, Probe>> = {
  'ecs:DescribeInstanceStatus': tryStatus,
  'ots:GetRow': rowProbe('getRow'),
  'ots:GetRange': tryRange,
  'ots:BatchGetRow': tryBatch,
  'ots:PutRow': harmless('putRow', { attributeColumns: [{ madeBy: 'npm run doctor' }] }),
  'ots:UpdateRow': harmless('updateRow', {
    updateOfAttributeColumns: [{ PUT: [{ madeBy: 'npm run doctor' }] }],
  }),
  'ots:DeleteRow': harmless('deleteRow'),
};
