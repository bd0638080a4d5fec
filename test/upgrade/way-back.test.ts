import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { watchHandler } from '../../functions/watch/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { readJournal } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { withoutAllBut } from '../helpers/receivers.ts';
import { roundsOf } from '../helpers/rounds.ts';

const ROOT = join(__dirname, '..', '..');
/** The last commit of version 0.1. */
const OLD_VERSION = 'c37c089';
const DAY_MS = 24 * 60 * MINUTE_MS;

const isAsked = roundsOf('WAY_BACK_ROUNDS', 0) > 0;
const isThere =
  spawnSync('git', ['cat-file', '-e', `${OLD_VERSION}^{commit}`], { cwd: ROOT }).status === 0;
// A shallow clone does not hold the commit.
const name = `on ${isThere ? '' : `(skipped: this clone does not hold commit ${OLD_VERSION}) `}what this version stored`;
const describeWhenPossible = isAsked && isThere ? describe : describe.skip;

/** Only `npm run soak` builds version 0.1. */
describeWhenPossible(`version 0.1 ${name}`, () => {
  let directory: string;
  let product: Product;
  let oldHandler: typeof watchHandler;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ecs-watch-way-back-'));
    oldHandler = await buildOldVersion(join(directory, 'old'));
    product = await startProduct({ data: join(directory, 'data'), fleetSize: 12, seed: 7 });
  });
  afterAll(async () => {
    await product?.close();
    await rm(directory, { recursive: true });
  });

  it('goes on: no second baseline, and what was pending is delivered once', async () => {
    await product.tick();
    await product.stopInstances(idsOf().slice(0, 2));
    await product.tick();
    product.clock.advance(DAY_MS);
    // Now a checkpoint is stored, and the webhook is down from here on.
    await product.tick();
    product.cloud.channels.setFaults('webhook', [{ kind: 'answer', status: 503 }]);
    for (const id of idsOf().slice(2, 4)) {
      await product.stopInstances([id]);
      await product.tick();
    }
    const pending = product.received('webhook').length;
    product.cloud.channels.setFaults('webhook', []);
    product.clock.advance(15 * MINUTE_MS);
    await product.stopInstances(idsOf().slice(4, 5));

    const reports = [await oldTick(), await oldTick()];

    expect(reports).toMatchObject([
      { ok: true, notes: [], scopes: [{ changes: 1, seq: 5 }] },
      { ok: true, notes: [], scopes: [{ changes: 0, seq: 5 }] },
    ]);
    expect(webhookIds().slice(pending)).toEqual(
      ['3', '4', '5'].map((seq) => `main/cn-hangzhou/${seq}`),
    );
    const commits = await readJournal(product);
    expect(commits.map(({ notice }) => notice?.kind ?? null)).toEqual([
      'baseline',
      ...[null, null, null, null],
    ]);
    expect(fold(EMPTY_SNAPSHOT, commits).instances.size).toBe(12);

    // And forth again: what version 0.1 stored is carried on.
    await product.stopInstances(idsOf().slice(5, 6));
    expect(await product.anotherWatch()()).toMatchObject({
      ok: true,
      notes: [],
      scopes: [{ changes: 1, seq: 6 }],
    });
    expect(webhookIds().at(-1)).toBe('main/cn-hangzhou/6');
  });

  /** A cold tick of version 0.1, by the clock of the local cloud. */
  async function oldTick() {
    const { clock } = product;
    // It refuses the variables of channels that later versions have.
    const others = withoutAllBut('dingtalk', 'slack', 'webhook');
    const environment = { ...product.environment, ...others };
    const world = {
      now: clock.now,
      sleep: async (ms: number) => clock.advance(ms),
      random: () => 0.5,
      alarm: SYSTEM_RUNTIME.setTimer,
    };
    const tick = oldHandler(environment, () => undefined, world as never);
    const report = await tick(Buffer.from('{}'), { credentials: LOCAL_KEYS });
    clock.advance(MINUTE_MS);
    return report;
  }

  function idsOf(): readonly string[] {
    return product.cloud.ecs.fleet.instances('cn-hangzhou').map(({ id }) => id);
  }

  function webhookIds(): readonly string[] {
    return product.received('webhook').map((body) => JSON.parse(body).id);
  }
});

/** Its watch function, bundled by its own command from its own sources. */
async function buildOldVersion(directory: string): Promise<typeof watchHandler> {
  await mkdir(directory);
  const archive = execFileSync('git', ['archive', OLD_VERSION], {
    cwd: ROOT,
    maxBuffer: 1024 ** 3,
  });
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  const program = join(directory, 'build.ts');
  await writeFile(
    program,
    "import { bundleFunctions } from './commands/bundle.ts';\nvoid bundleFunctions('dist', ['watch']);\n",
  );
  const loader = join(ROOT, 'commands', 'load-typescript.mjs');
  execFileSync(process.execPath, [loader, program], { cwd: directory });
  return require(join(directory, 'dist', 'watch', 'index.js')).createHandler;
}
