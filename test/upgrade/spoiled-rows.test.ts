import { createHandler } from '../../functions/view/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { seededRandom } from '../../local/random.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { aScope } from '../helpers/examples.ts';
import type { FrozenCell, FrozenRow } from '../helpers/frozen-rows.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { TODAY } from '../helpers/rows-of-today.ts';
import { type SpoiledRow, spoiledFrom } from '../helpers/spoiled-rows.ts';
import { rowsOfProduct, type StoredRows } from '../helpers/stored-rows.ts';
import type { Plain } from '../helpers/tablestore.ts';

const SCOPES = [aScope('cn-hangzhou'), aScope('cn-shanghai')];
/** A minute after the last tick of version 0.1. */
const START_MS = Date.UTC(2026, 10, 23, 11, 14, 0, 400);
const SEED = 10;

const ALL: readonly SpoiledRow[] = [...TODAY.journal, ...TODAY.state].flatMap(spoiledFrom);

/**
 * Rows of version 0.1 and later ones, of which one is spoiled: a field has a wrong type, is out of range, is missing
 * or is huge. In each round a cold tick runs twice, and the view is asked for each of its addresses.
 */
describe('a row that is spoiled in any way', () => {
  let product: Product;
  let rows: StoredRows;
  beforeAll(async () => {
    const regions = SCOPES.map(({ regionId }) => regionId);
    product = await startProduct({ regions, fleetSize: 12, seed: 7 }, START_MS);
    rows = rowsOfProduct(product);
    // It makes the tables.
    await product.tick();
  });
  afterAll(() => product.close());

  it.each([
    'main/cn-hangzhou/head checkpoint.parts = 0',
    'main/cn-hangzhou/head checkpoint.parts = -1',
    'main/cn-hangzhou/head checkpoint.parts = absent',
    'main/cn-hangzhou/head checkpoint.parts = 1e12',
    'main/cn-hangzhou/head checkpointSeq = 9e15',
    'main/cn-hangzhou/head health.instances = 1e12',
    'main/cn-hangzhou/head health.instances = 150000',
    'main/cn-hangzhou/head starts = half of JSON',
    'main/cn-hangzhou/part/0000000000000002/3957d13a0058c0fb/0 data = a bomb',
    'channels/slack state.cursor = a text',
    'watcher/scopes list = half of JSON',
    'watcher/scopes list.scopes = a long list',
    'watcher/scopes list.scopes.0.key = a long text',
    'watcher/scopes list.scopes.0.regionId = __proto__',
    'watcher/scopes list.scopes.0.account = absent',
  ])('%s names itself, harms nothing else, and is healed', async (what) => {
    const spoiled = ALL.find((each) => each.what === what);
    if (spoiled === undefined) throw new RangeError(`no row is spoiled like this: ${what}`);

    expect(await problemsWith(spoiled)).toEqual([]);
  });

  it('names itself, and harms its own scope or channel and no other', async () => {
    const random = seededRandom(SEED);
    const rounds = roundsOf('SPOILED_ROUNDS', 6);
    for (let round = 0; round < rounds; round += 1) {
      const spoiled =
        rounds < ALL.length ? random.pick(ALL) : (ALL[round % ALL.length] as SpoiledRow);
      const problems = await problemsWith(spoiled);

      expect({ round, what: spoiled.what, problems }).toEqual({
        round,
        what: spoiled.what,
        problems: [],
      });
    }
  }, 3_600_000);

  async function problemsWith(spoiled: SpoiledRow): Promise<readonly string[]> {
    const { row } = spoiled;
    await restore(row);
    product.cloud.channels.inbox.clear();
    const views = await Promise.all(
      ['/healthz', '/', '/instances', '/changes'].map(
        async (path) => [path, await ask(path)] as const,
      ),
    );
    const first = await product.anotherWatch()();
    const second = await product.anotherWatch()();
    return [
      ...views.flatMap(([path, status]) =>
        status === 200 || status === 503 ? [] : [`${path}: ${status}`],
      ),
      ...[first, second].flatMap((report, index) =>
        problemsIn(report, row).map((problem) => `tick ${index + 1}: ${problem}`),
      ),
      ...(isHealed(spoiled)
        ? problemsAfterwards(second).map((problem) => `unhealed: ${problem}`)
        : []),
    ];
  }

  /** Everything as ticks have left it, but one row. */
  async function restore(spoiled: FrozenRow): Promise<void> {
    const { journal, head, parts, channels } = await rows.all();
    const name = (row: (typeof journal)[number]) =>
      row.primaryKey.map(({ value }) => String(value));
    for (const row of journal) {
      const [scope = '', seq] = name(row);
      await rows.removeCommit(scope, Number(seq));
    }
    for (const row of [...head, ...parts, ...channels]) {
      const [scope = '', item = ''] = name(row);
      await rows.removeState(scope, item);
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

  async function ask(path: string): Promise<number> {
    const view = createHandler(
      { ...product.environment, VIEW_PUBLIC: 'true' },
      () => undefined,
      product.runtime,
    );
    const event = { rawPath: path, requestContext: { http: { method: 'GET', path } } };
    const { statusCode } = await view(Buffer.from(JSON.stringify(event)), {
      credentials: LOCAL_KEYS,
    });
    return statusCode;
  }
});

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
function isHealed({ row: { key } }: SpoiledRow): boolean {
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
