import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { CREDENTIALS, INSTANCE, startTestTablestore } from '../../helpers/tablestore.ts';

/** The official client's own test files, from its package, and the number of cases in each. */
const CASES = {
  'data_opration.test.js': 1,
  'long.test.js': 1,
  'protocol/plain_buffer.test.js': 2,
  'table.test.js': 1,
} as const;

const LEFT_OUT = {
  'e2e_knowledge_base.js': 'a script for an instance of the service; knowledge bases',
  'globalIndex.test.js': 'the local server has no secondary indexes',
  'knowledge_base.test.js': 'knowledge bases, by the JSON API; sends no request',
  'ots_test_utils.js': 'holds no cases: the others call it',
  'search.test.js': 'the local server has no search indexes',
  'search_old.test.js': 'the local server has no search indexes',
  'sql.test.js': 'the local server has no SQL',
} as const;

const SUITE = join(dirname(require.resolve('tablestore/package.json')), 'test');
const MOCHA = require.resolve('mocha/bin/mocha.js');
const TIMEOUT_MS = 90_000;

const run = promisify(execFile);

let server: TablestoreServer;
beforeAll(async () => {
  server = await startTestTablestore();
});
afterAll(() => server.close());

it('knows every file of the official suite', async () => {
  const entries = await readdir(SUITE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));

  const known = Object.keys({ ...CASES, ...LEFT_OUT }).map((file) => join(SUITE, file));
  expect(paths.toSorted()).toEqual(known.toSorted());
});

it(
  'passes the official suite, unmodified',
  async () => {
    const output = await mocha(Object.keys(CASES), {
      // The settings of samples/client.js, which makes the client of all files.
      endpoint: server.url,
      instancename: INSTANCE,
      accessKeyId: CREDENTIALS.accessKeyId,
      secretAccessKey: CREDENTIALS.accessKeySecret,
    });

    const cases = Object.values(CASES).reduce((sum: number, count) => sum + count, 0);
    expect(output).toMatch(new RegExp(`^ *${cases} passing`, 'm'));
    // Every request of the suite came to this server, and none was repeated.
    expect(server.usage.requests).toEqual({
      CreateTable: 2,
      DeleteTable: 2,
      DescribeTable: 2,
      GetRange: 1,
      GetRow: 1,
      PutRow: 1,
      UpdateTable: 1,
    });
  },
  2 * TIMEOUT_MS,
);

/** What mocha prints over `files`. @throws {Error} with all of it when a case fails or is skipped. */
async function mocha(files: readonly string[], env: Record<string, string>): Promise<string> {
  const options = [
    '--no-config',
    '--no-package',
    '--no-color',
    '--forbid-only',
    '--forbid-pending',
  ];
  const paths = files.map((file) => join(SUITE, file));
  try {
    const { stdout } = await run(process.execPath, [MOCHA, ...options, ...paths], {
      env,
      timeout: TIMEOUT_MS,
    });
    return stdout;
  } catch (cause) {
    const { stdout, stderr } = cause as { stdout: string; stderr: string };
    throw new Error(`mocha failed:\n${stdout}${stderr}`, { cause });
  }
}
