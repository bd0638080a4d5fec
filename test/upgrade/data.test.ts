import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_INSTANCE, LOCAL_KEYS } from '../../local/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { doctor } from '../../shared/doctor/doctor.ts';
import { commitsPast } from '../../shared/journal/read.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { VERSION } from '../../shared/lib/version.ts';
import { tablestoreJournal } from '../../shared/tablestore/journal.ts';
import { tablestoreRawJournal } from '../../shared/tablestore/raw-journal.ts';
import { aScope } from '../helpers/examples.ts';
import { FROZEN_DIR } from '../helpers/frozen-rows.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const ROOT = join(__dirname, '..', '..');
const HANGZHOU = aScope('cn-hangzhou');
const SHANGHAI = aScope('cn-shanghai');
const SCOPES = [HANGZHOU, SHANGHAI];
/** The last commits that version 0.1 made. */
const LAST_SEQS = { [HANGZHOU.key]: 3, [SHANGHAI.key]: 2 };
/** A minute after its last tick. */
const START_MS = Date.UTC(2026, 10, 23, 11, 14, 0, 400);

it('is kept of every version that was released, and of the one that is next', () => {
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const released = [...changelog.matchAll(/^## \[(?<version>\d+\.\d+)\./gmu)];
  const versions = [VERSION, ...released.map(({ groups }) => groups?.version ?? '')];
  const folders = readdirSync(__dirname).filter((name) => name.startsWith('version-'));

  const minors = new Set(versions.map((version) => version.split('.', 2).join('.')));
  expect(folders).toEqual([...minors].map((minor) => `version-${minor}`).sort());
});

/** version-0.1/README.md says what is in the data. */
describe('the data of version 0.1', () => {
  let directory: string;
  let product: Product;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ecs-watch-upgrade-'));
    const data = join(directory, 'data');
    await cp(join(FROZEN_DIR, 'data'), data, { recursive: true });
    const regions = SCOPES.map(({ regionId }) => regionId);
    product = await startProduct({ data, regions, fleetSize: 12, seed: 7 }, START_MS);
  });
  afterEach(async () => {
    await product.close();
    await rm(directory, { recursive: true });
  });

  it('is carried on by this version: no change is lost, and none is repeated', async () => {
    const reports = [];
    // Each tick is cold: nothing but what is stored is known.
    for (let round = 0; round < 4; round += 1) reports.push(await product.anotherWatch()());

    expect(reports.map(({ ok, notes }) => ({ ok, notes }))).toEqual(
      reports.map(() => ({ ok: true, notes: [] })),
    );
    const journals = await Promise.all(SCOPES.map((scope) => commitsOf(scope)));
    const [hangzhou = [], shanghai = []] = journals;
    // The local fleet is as it was at the start: four run again, and one is there again.
    expect(hangzhou.slice(3)).toMatchObject([{ seq: 4 }]);
    expect(hangzhou[3]?.changes.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual([
      'Stopped → Running',
      'Stopped → Running',
      'Stopped → Running',
      'Stopped → Running',
      'null → Running',
    ]);
    expect(shanghai.slice(2)).toMatchObject([
      { seq: 3, changes: [], notice: { kind: 'suspicion-lifted', missing: 12 } },
    ]);
    for (const commits of journals) {
      expect(commits.filter(({ notice }) => notice?.kind === 'baseline')).toHaveLength(1);
      expect(fold(EMPTY_SNAPSHOT, commits).instances.size).toBe(12);
    }

    // What the channels went through then is said in the watcher's own journal.
    expect(webhookIds().filter((id) => !id.startsWith('watcher/'))).toEqual([
      ...[`${HANGZHOU.key}/3`, `${SHANGHAI.key}/2`],
      ...[...hangzhou.slice(3), ...shanghai.slice(2)]
        .toSorted((one, other) => one.atMs - other.atMs)
        .map(({ scope, seq }) => `${scope}/${seq}`),
    ]);
    const [dingtalk, ...moreDingtalk] = product.received('dingtalk');
    expect(moreDingtalk.filter((text) => !text.includes('works again'))).toEqual([]);
    expect(dingtalk).toContain('12 instances that vanished are back');
    // The instances of the third commit of Hangzhou, and the notice of Shanghai, were delivered.
    expect(dingtalk).not.toContain('vanished at once');
    expect(dingtalk).not.toMatch(/released \(/u);
    const [repeat, ...news] = product.received('slack');
    expect(repeat).toContain('possible repeat');
    expect(repeat).toContain('api-03');
    expect(repeat).not.toContain(SHANGHAI.regionId);
    expect(news.join()).not.toContain('possible repeat');
    expect(news.join()).toContain('vanished at once');
  });

  it('satisfies the doctor, before and after', async () => {
    const before = await examine();
    await product.tick();
    await product.tick();
    const after = await examine();

    const problems = before.scopes.flatMap(({ findings }) => findings);
    expect(problems).toMatchObject([{ kind: 'hold', missing: 12 }]);
    expect(before.scopes).toMatchObject([
      { journal: { firstSeq: 1, lastSeq: LAST_SEQS[HANGZHOU.key] }, instances: 11 },
      { journal: { firstSeq: 1, lastSeq: LAST_SEQS[SHANGHAI.key] }, instances: 12 },
    ]);
    expect(after).toMatchObject({ ok: true, problems: 0 });
  });

  function commitsOf(scope: (typeof SCOPES)[number]): Promise<readonly Commit[]> {
    return commitsPast(journalOf(product), scope, 0);
  }

  function webhookIds(): readonly string[] {
    return product.received('webhook').map((body) => JSON.parse(body).id);
  }

  function examine() {
    const options = {
      endpoint: product.cloud.tablestore.url,
      instance: LOCAL_INSTANCE,
      tablePrefix: 'ecs_watch_',
      credentials: LOCAL_KEYS,
      // Of this machine's clock: the clock of the cloud stands still while the doctor reads.
      runtime: SYSTEM_RUNTIME,
      redact: (text: string) => text,
      deadlineMs: Date.now() + 30_000,
    };
    const ports = {
      rows: tablestoreRawJournal(options),
      repair: tablestoreJournal(options),
      now: product.clock.now,
    };
    return doctor(ports, { scopes: SCOPES, channels: [], isRepair: false, runId: 'doctor-1' });
  }
});
