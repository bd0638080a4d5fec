import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CONFIG = '.dependency-cruiser.js';

/** Rule → the file that breaks it, and what that file imports. */
const BROKEN: Readonly<Record<string, readonly [file: string, imports: string]>> = {
  'core-is-pure': ['shared/core/reads-files.ts', 'node:fs'],
  'shared-core-is-the-lowest': ['shared/core/of-a-story.ts', '../watch/core/part.ts'],
  'lib-is-the-lowest': ['shared/lib/of-the-product.ts', '../core/part.ts'],
  'ports-see-only-core-and-lib': ['shared/ports/reads.ts', '../journal/part.ts'],
  'journal-sees-only-ports': ['shared/journal/of-a-story.ts', '../watch/part.ts'],
  'stories-see-no-adapter': ['shared/watch/calls-ecs.ts', '../ecs/part.ts'],
  'stories-are-strangers': ['shared/view/scans.ts', '../watch/part.ts'],
  'delivery-is-below-the-other-stories': ['shared/delivery/scans.ts', '../watch/part.ts'],
  'only-the-tick-delivers': ['shared/view/sends.ts', '../delivery/part.ts'],
  'adapters-are-strangers': ['shared/ecs/stores.ts', '../tablestore/part.ts'],
  'adapters-see-no-story': ['shared/ecs/scans.ts', '../watch/part.ts'],
  'open-api-sees-only-ports': ['shared/open-api/asks.ts', '../ecs/part.ts'],
  'config-sees-no-story': ['shared/config/scans.ts', '../watch/part.ts'],
  'shared-knows-no-caller': ['shared/watch/tests.ts', '../../local/part.ts'],
  'page-sees-only-cores': ['web/reads.ts', '../shared/watch/part.ts'],
  'only-the-page-sees-the-page': ['shared/view/shows.ts', '../../web/part.ts'],
  'local-is-the-other-side-of-the-wire': ['local/shares.ts', '../shared/core/part.ts'],
  'functions-are-strangers': ['functions/watch/views.ts', '../view/part.ts'],
  'functions-see-only-shared': ['functions/watch/fakes.ts', '../../local/part.ts'],
  'only-tests-import-tests': ['commands/tests.ts', '../test/part.ts'],
  'no-cycles': ['shared/lib/round-again.ts', './round.ts'],
  'no-orphans': ['shared/lib/alone.ts', ''],
  'no-undeclared-packages': ['shared/lib/undeclared.ts', 'a-package-that-is-not-declared'],
};

/** What the files above import. */
const IMPORTED = [
  'shared/core/part.ts',
  'shared/watch/core/part.ts',
  'shared/watch/part.ts',
  'shared/delivery/part.ts',
  'shared/journal/part.ts',
  'shared/ecs/part.ts',
  'shared/tablestore/part.ts',
  'functions/view/part.ts',
  'local/part.ts',
  'web/part.ts',
  'test/part.ts',
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import rules', () => {
  let folder: string;
  let violations: readonly Violation[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-rules-'));
    await copyFile(join(ROOT, CONFIG), join(folder, CONFIG));
    await copyFile(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    for (const [file, imports] of Object.values(BROKEN)) {
      await write(file, imports === '' ? 'export {};' : `import '${imports}';`);
    }
    for (const file of IMPORTED) await write(file, 'export {};');
    await write('shared/lib/round.ts', "import './round-again.ts';");
    violations = violationsIn(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }

  it.each(Object.entries(BROKEN))('fail the build by %s', (rule, [file]) => {
    const broken = violations.filter(({ rule: { name } }) => name === rule);

    expect(broken.map(({ from }) => from)).toContain(file);
  });

  it('are each broken here', () => {
    const names = execFileSync(process.execPath, [
      '-p',
      `JSON.stringify(require(${JSON.stringify(join(ROOT, CONFIG))}).forbidden.map(({ name }) => name))`,
    ]);

    expect(Object.keys(BROKEN).sort()).toEqual((JSON.parse(names.toString()) as string[]).sort());
  });
});

function violationsIn(folder: string): readonly Violation[] {
  const cruiser = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, '--output-type', 'json', 'shared', 'functions', 'local', 'commands', 'test', 'web'],
    { cwd: folder },
  );
  if (stdout.length === 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()).summary.violations as Violation[];
}
