import { createHandler } from '../../functions/view/index.ts';
import { scanHandler, watchHandler } from '../../functions/watch/index.ts';
import { startInvokeApi } from '../../local/fc/index.ts';
import { LOCAL_ACCOUNT, LOCAL_KEYS } from '../../local/index.ts';
import type { Commit } from '../../shared/core/model.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { aScope, MINUTE_MS } from '../helpers/examples.ts';
import type { FrozenCell, FrozenRow } from '../helpers/frozen-rows.ts';
import { functionOf } from '../helpers/function-of.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { TODAY } from '../helpers/rows-of-today.ts';
import { rowsOfProduct, type StoredRows } from '../helpers/stored-rows.ts';
import type { Plain } from '../helpers/tablestore.ts';

const SCOPES = [aScope('cn-hangzhou'), aScope('cn-shanghai')];
/** A minute after the last tick of version 0.1. */
const START_MS = Date.UTC(2026, 10, 23, 11, 14, 0, 400);

/** The second commit of Hangzhou, at which a checkpoint is kept. Spoiled times may not go so far back. */
const PAST = '/instances?at=1795342020400';
/** What is spoiled may stop a scope. */
const ALLOWED: readonly number[] = [200, 503];

export interface SpoiledProduct {
  /**
   * Restores all rows but the spoiled one, asks the view for each of its addresses, and runs a cold
   * tick twice, itself or by shards. Returns what is wrong after that.
   */
  problemsWith(spoiled: FrozenRow, by?: 'shards'): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The product on rows that ticks have left, of which one may be spoiled. */
export async function startSpoiledProduct(): Promise<SpoiledProduct> {
  const regions = SCOPES.map(({ regionId }) => regionId);
  const product = await startProduct({ regions, fleetSize: 12, seed: 7 }, START_MS);
  const rows = rowsOfProduct(product);
  const shards = await startShards(product);
  // It makes the tables.
  await product.tick();
  return {
    async problemsWith(row, by) {
      await restore(rows, row);
      product.cloud.channels.inbox.clear();
      const views = await Promise.all(
        ['/healthz', '/', '/instances', '/changes', PAST].map(
          async (address) => [address, await ask(product, address)] as const,
        ),
      );
      const coldTick = () => (by === 'shards' ? shards.tick() : product.anotherWatch()());
      const first = await coldTick();
      const second = await coldTick();
      return [
        ...views.flatMap(([path, status]) =>
          ALLOWED.includes(status) || (path === PAST && status === 400)
            ? []
            : [`${path}: ${status}`],
        ),
        ...[first, second].flatMap((report, index) =>
          problemsIn(report, row).map((problem) => `tick ${index + 1}: ${problem}`),
        ),
        ...(isHealed(row)
          ? problemsAfterwards(second).map((problem) => `unhealed: ${problem}`)
          : []),
        ...(await falseChanges(product)),
      ];
    },
    async close() {
      await shards.close();
      await product.close();
    },
  };
}

/** Each scope is scanned by a cold shard, which Function Compute is asked for. */
async function startShards({ environment, runtime, clock }: Product) {
  const context = { credentials: LOCAL_KEYS, region: 'cn-hangzhou', accountId: LOCAL_ACCOUNT };
  const write = (): void => undefined;
  const scan = functionOf((event) => scanHandler(variables, write, runtime)(event, context));
  const api = await startInvokeApi({ find: () => scan, accessKeys: [LOCAL_KEYS] });
  const variables = { ...environment, FUNCTIONS_ENDPOINT: api.url, SHARD_ABOVE_SCOPES: '1' };
  return {
    async tick(): Promise<WatchReport> {
      const report = await watchHandler(variables, write, runtime)(Buffer.from('{}'), context);
      clock.advance(MINUTE_MS);
      return report;
    },
    close: () => api.close(),
  };
}

/** What was recorded since the rows were restored, against the fleet as it is. */
async function falseChanges(product: Product): Promise<readonly string[]> {
  const perScope = SCOPES.map(async (scope) => {
    const instances = product.cloud.ecs.fleet.instances(scope.regionId);
    const statuses = new Map(instances.map(({ id, status }) => [id, status as string]));
    const lastSeq = Math.max(
      0,
      ...TODAY.journal.filter(({ key }) => key[0] === scope.key).map(({ key }) => Number(key[1])),
    );
    const commits = await commitsPast(journalOf(product), scope, lastSeq).catch(
      (): readonly Commit[] => [],
    );
    return commits
      .flatMap(({ changes }) => changes)
      .filter(({ instanceId, to }) => to !== (statuses.get(instanceId) ?? null))
      .map(({ instanceId, from, to }) => `recorded ${instanceId} ${from} → ${to}`);
  });
  return (await Promise.all(perScope)).flat();
}

/** Everything as ticks have left it, but one row. */
async function restore(rows: StoredRows, spoiled: FrozenRow): Promise<void> {
  const { journal, head, parts, channels } = await rows.all();
  const name = (row: (typeof journal)[number]) => row.primaryKey.map(({ value }) => String(value));
  // What is put again below replaces the whole row.
  const kept = new Set([...TODAY.journal, ...TODAY.state].map(({ key }) => key.join()));
  for (const row of journal) {
    const [scope = '', seq] = name(row);
    if (!kept.has(`${scope},${seq}`)) await rows.removeCommit(scope, Number(seq));
  }
  for (const row of [...head, ...parts, ...channels]) {
    const [scope = '', item = ''] = name(row);
    if (!kept.has(`${scope},${item}`)) await rows.removeState(scope, item);
  }
  const isSpoiled = ({ key }: FrozenRow) => key.join() === spoiled.key.join();
  for (const row of TODAY.journal) {
    const { key, cells } = isSpoiled(row) ? spoiled : row;
    await rows.putCommit(key[0], Number(key[1]), plainCells(cells));
  }
  for (const row of TODAY.state) {
    const { key, cells } = isSpoiled(row) ? spoiled : row;
    await rows.putState(key[0], String(key[1]), plainCells(cells));
  }
}

async function ask(product: Product, address: string): Promise<number> {
  const { pathname: path, searchParams } = new URL(address, 'http://view');
  const queryParameters = Object.fromEntries(searchParams);
  const view = createHandler(
    { ...product.environment, VIEW_PUBLIC: 'true' },
    () => undefined,
    product.runtime,
  );
  const event = {
    rawPath: path,
    queryParameters,
    requestContext: { http: { method: 'GET', path } },
  };
  const { statusCode } = await view(Buffer.from(JSON.stringify(event)), {
    credentials: LOCAL_KEYS,
  });
  return statusCode;
}
/** The cells as the helpers write them. */
function plainCells(cells: FrozenRow['cells']): Record<string, Plain> {
  return Object.fromEntries(
    Object.entries(cells).map(([column, cell]) => [column, plainCell(cell)]),
  );
}

function plainCell(cell: FrozenCell): Plain {
  if (typeof cell === 'number') return BigInt(cell);
  return typeof cell === 'string' ? cell : Buffer.from(cell.base64, 'base64');
}

/** Everything beside the commits and the channels is made of the commits again. */
function isHealed({ key }: FrozenRow): boolean {
  return key[0] !== 'channels' && typeof key[1] === 'string';
}

function problemsAfterwards({ scopes, notes }: WatchReport): readonly string[] {
  const failed = scopes.filter(({ ok, error }) => !ok && !isIdOfNone(error));
  return [...failed.map(({ scope, error }) => `${scope} fails: ${error}`), ...notes];
}

/** A text that may be the id of an instance, and is none. ECS refuses it, and says so. */
function isIdOfNone(error: string | undefined): boolean {
  return error?.startsWith('Abs.InvalidInstanceIds.MalFormed') === true;
}

/** Calls to ECS that a tick of 12 instances makes at most, with every question by id. */
const MAX_CALLS = 60;

function problemsIn(report: WatchReport, { key: [scope, item] }: FrozenRow): readonly string[] {
  const isChannel = scope === 'channels';
  const isCommit = typeof item === 'number';
  const problems: string[] = [];
  for (const each of report.scopes) {
    const isOwn = each.scope === scope;
    if (!each.ok && !isOwn) problems.push(`${each.scope} fails: ${each.error}`);
    if (!each.ok && isOwn && !isNamed(each.error, scope)) problems.push(`unnamed: ${each.error}`);
    if (each.calls > MAX_CALLS) problems.push(`${each.scope} makes ${each.calls} calls`);
  }
  for (const { channel, outcome, error } of report.channels) {
    const isOwn = isChannel && channel === item;
    // A channel may need the commit, and the other journals are sent to it all the same.
    if (outcome === 'error' && !isOwn && !isCommit) problems.push(`${channel} fails: ${error}`);
    if (outcome === 'error' && !isNamed(error, isOwn ? String(item) : scope)) {
      problems.push(`unnamed: ${error}`);
    }
  }
  const foreign = report.notes.filter((note) => !note.includes(isChannel ? String(item) : scope));
  return [...problems, ...foreign.map((note) => `foreign note: ${note}`)];
}

function isNamed(error: string | undefined, name: string): boolean {
  if (isIdOfNone(error)) return true;
  return /^(?:CorruptRow|ChainError): /u.test(error ?? '') && (error ?? '').includes(name);
}
