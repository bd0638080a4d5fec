import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_ACCOUNT } from '../../../local/index.ts';
import { type Change, emptyAccount } from './world.ts';

/** Notes what the Alibaba Cloud CLI would be asked for, a line of JSON a call. */
const ALIYUN = `#!${process.execPath}
process.stdout.write(JSON.stringify(process.argv.slice(2)) + '\\n');
`;

/** The commands as a shell reads them. */
function run(lines: readonly string[]): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-print-'));
  try {
    writeFileSync(join(folder, 'aliyun'), ALIYUN);
    chmodSync(join(folder, 'aliyun'), 0o755);
    const script = lines.join('\n').replace('ACCOUNT=1234567890123456', `ACCOUNT=${LOCAL_ACCOUNT}`);
    const output = execFileSync('/bin/sh', ['-e'], { input: script, env: { PATH: folder } });
    return output
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a command asks for, as the services see it. */
function askedBy([product = '', action = '', ...flags]: readonly string[]): Change {
  const [path = '', ...rest] = product === 'tablestore' ? flags : ['', ...flags];
  const pairs = rest.flatMap((flag, at) =>
    flag.startsWith('--') ? [[flag.slice(2), rest[at + 1] ?? ''] as const] : [],
  );
  const { region: _, header: _header, body, ...parameters } = Object.fromEntries(pairs);
  if (product !== 'tablestore') return { action, parameters };
  return { action: path.replace('/v2/openapi/', ''), parameters: JSON.parse(body ?? '') };
}

describe('npm run setup -- --print', () => {
  it('prints the commands that are equal to the calls of a run', async () => {
    const account = await emptyAccount();
    try {
      account.variables.WATCH_CONFIG = '';
      const { lines, code } = await account.setup({ print: true });
      expect(account.cloud.account.answered).toEqual([]);
      await account.setup();

      const printed = run(lines).map(askedBy);

      const made = account.changes().map(({ action, parameters }) => ({
        action: action === 'CreateInstance' ? 'createinstance' : action,
        parameters,
      }));
      expect(printed).toEqual(made);
      expect(made).toHaveLength(9);
      expect(code).toBe(0);
    } finally {
      await account.cloud.close();
    }
  });
});
