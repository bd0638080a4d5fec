import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeIn, textOf } from '../helpers/documents.ts';
import { type Running, runShell } from '../helpers/processes.ts';

const CLOUD = 'npm run local 2> cloud.env';

/** Commands of the README that are not run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm start': 'has ports of its own: test/end-to-end/start.test.ts',
  'npm start -- --real': 'needs a real account: test/end-to-end/box.test.ts',
  'npm run start': 'is named in prose, for its output without a terminal',
  'npm test': 'runs this test',
  'npm run configure': 'asks on a terminal: test/commands/configure',
  'npm run setup': 'needs a real account: test/deploy/command.test.ts',
  'npm run deploy': 'needs a real account: test/deploy/command.test.ts',
  'npm run remove': 'needs a real account: test/deploy/command.test.ts',
  'npm run teardown': 'needs a real account: test/commands/setup/teardown.test.ts',
  'npm run build': 'writes the dist of this checkout, which a deployment may be reading',
  'npm run bench': 'takes a quarter of an hour',
  'npm run simulate -- --seeds N --first SEED --ticks N': 'has places to fill in: test/simulation',
  'npm run page -- --view URL': 'serves until it is ended: test/commands/page.test.ts',
  'npm run local -- --help': 'is one of the helps of test/commands/command-line.test.ts',
  'npm run local': 'is run as the line that keeps its variables',
  'npm run journal': 'is named in prose; its subcommands are run',
  'curl -H "Authorization: Bearer $VIEW_TOKEN" "$VIEW/instances?status=Stopped"':
    'needs a deployed view: test/view',
  '. ./cloud.env': 'begins every line that is run here',
};

const LINES = linesIn('README.md');
const RUN = LINES.filter((line) => line !== CLOUD && !Object.hasOwn(NOT_RUN, line));

describe('the commands of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-readme-'));
  const variables = join(folder, 'cloud.env');
  let cloud: Running;
  beforeAll(async () => {
    cloud = runShell(
      withoutNpm(CLOUD).replace('2> cloud.env', `--port 0 --data memory 2> ${variables}`),
    );
    await once(cloud.child.stdout as Readable, 'data');
    // The last of its variables follows its addresses.
    while (!/^export ALIBABA_CLOUD_ACCESS_KEY_SECRET=.*\n/mu.test(readFileSync(variables, 'utf8')))
      await sleep(10);
  });
  afterAll(async () => {
    if (cloud.child.pid !== undefined) process.kill(-cloud.child.pid, 'SIGTERM');
    await cloud.finished;
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the same in both languages, and each reason not to run one has its command', () => {
    expect([...linesIn('README.zh-CN.md')].sort()).toEqual([...LINES].sort());
    expect(Object.keys(NOT_RUN).filter((line) => !LINES.includes(line))).toEqual([]);
    expect(RUN.length).toBeGreaterThanOrEqual(5);
  });

  it.each(RUN)('%s works as it is printed, on the local cloud', async (line) => {
    const filledIn = line.replace(/\bFILE$/u, join(folder, 'journal.ndjson'));

    const { code, stdout, stderr } = await runShell(`. ${variables}; ${withoutNpm(filledIn)}`)
      .finished;

    expect({ code, output: stdout + stderr }).toEqual({
      code: 0,
      output: expect.stringMatching(/\S/u),
    });
  });
});

/** The same by what npm would start at last, in about half the time. */
function withoutNpm(line: string): string {
  return line.replace(
    /^npm run (\w+)(?: --(?= ))?/u,
    'exec node --require ./test/helpers/run-typescript.cjs commands/$1.ts',
  );
}

/** Each command once, in the order of the document, without comments. */
function linesIn(file: string): readonly string[] {
  const lines = codeIn(textOf(file))
    .split('\n')
    .map((line) =>
      line
        .replace(/\s+#.*$/u, '')
        .replace(' --silent', '')
        .trim(),
    )
    .filter((line) => /^(?:npm|curl|\.) /u.test(line));
  return [...new Set(lines)];
}
