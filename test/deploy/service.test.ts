import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../commands/bundle.ts';

const UNIT = readFileSync(join(ROOT, 'deploy', 'ecs-watch.service'), 'utf8');
const isThere = spawnSync('systemd-analyze', ['--version']).status === 0;
const name = `deploy/ecs-watch.service${isThere ? '' : ' (skipped: this machine has no systemd-analyze)'}`;

(isThere ? describe : describe.skip)(name, () => {
  it('is what systemd understands', () => {
    expect(verify(UNIT)).toEqual({ status: 0, output: '' });
  });

  it.each([
    ['a key that does not exist', UNIT.replace('RestartSec=', 'RestartSecs=')],
    ['a value that is none', UNIT.replace('KillMode=mixed', 'KillMode=some')],
    ['a section that does not exist', UNIT.replace('[Service]', '[Services]')],
  ])('would be found with %s', (_what, unit) => {
    expect(verify(unit).output).not.toBe('');
  });
});

it('puts into an image of the Dockerfile nothing that Git ignores', () => {
  const [ofGit, ofImage] = ['.gitignore', 'deploy/Dockerfile.dockerignore'].map((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      // Docker takes a pattern without `**/` as one of the project's folder alone.
      .map((line) => line.replace(/^\*\*\/|\/$/gu, ''))
      .filter((line) => line !== '' && !line.startsWith('!')),
  );

  expect(ofImage).toEqual(expect.arrayContaining(ofGit ?? []));
});

it('waits longer for the end of a box than a tick may take', () => {
  const [, stopSeconds] = /^TimeoutStopSec=(\d+)$/mu.exec(UNIT) ?? [];
  const template = readFileSync(join(ROOT, 's.yaml'), 'utf8');
  const [, tickSeconds] = /watch:[\s\S]*?timeout: (\d+)/u.exec(template) ?? [];

  expect(Number(stopSeconds)).toBeGreaterThan(Number(tickSeconds));
});

/** With a Node.js of this machine: a program that is not there is a finding, too. */
function verify(unit: string): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-unit-'));
  try {
    const file = join(folder, 'ecs-watch.service');
    writeFileSync(file, unit.replace('/usr/bin/node', process.execPath));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each(['docs/one-box.md', 'docs/one-box.zh-CN.md'])(
  'is explained with its own files in %s',
  (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const [, settings = ''] = /^EnvironmentFile=(.+)$/mu.exec(UNIT) ?? [];
    const [, data = ''] = /^ExecStart=.* --data (\S+)$/mu.exec(UNIT) ?? [];

    // The clone of the service has no .env to copy.
    expect(text).toMatch(/sudo install -m 600 \.env .*\n(?:.*\n)*cd \/opt\/ecs-watch/u);
    expect(text).not.toMatch(/cd \/opt\/ecs-watch(?:.*\n)+?sudo install -m 600 \.env/u);
    for (const command of ['doctor', 'notify -- --test', 'journal -- export'])
      expect(text).toContain(`ECS_WATCH_ENV_FILE=${settings} npm run ${command}`);
    expect(text).toMatch(new RegExp(`journal -- backup .* --data ${data}$`, 'mu'));
  },
);
