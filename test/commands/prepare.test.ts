import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const PREPARE = join(__dirname, '..', '..', 'commands', 'prepare.mjs');

interface Entry {
  readonly version: string;
  readonly dev?: true;
  readonly optional?: true;
  readonly os?: readonly string[];
}

/** What a lock file asks for: a package for running, one of development, one of another system. */
const LOCKED: Readonly<Record<string, Entry>> = {
  'node_modules/left': { version: '1.0.0' },
  'node_modules/@scope/right': { version: '2.0.0' },
  'node_modules/typescript': { version: '6.0.0', dev: true },
  'node_modules/of-another-system': { version: '1.0.0', optional: true, os: ['no-such-system'] },
};
const ALL = ['node_modules/left', 'node_modules/@scope/right', 'node_modules/typescript'];
const FOR_RUNNING = ['node_modules/left', 'node_modules/@scope/right'];

describe('commands/prepare.mjs', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ecs-watch-prepare-'));
    mkdirSync(join(root, 'commands'));
    copyFileSync(PREPARE, join(root, 'commands', 'prepare.mjs'));
    writeJson('package-lock.json', { packages: { '': {}, ...LOCKED } });
    mkdirSync(join(root, 'bin'));
    npmThat('exit 0');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each(['run', 'all'])('runs nothing when everything is there (%s)', (extent) => {
    install(ALL);

    expect(prepare(extent)).toEqual({ code: 0, npm: [], stderr: '', stdout: '' });
  });

  it('runs nothing for a command that needs no development packages, when those are missing', () => {
    install(FOR_RUNNING);

    expect(prepare('run').npm).toEqual([]);
  });

  it('adds what is missing, without wiping what is there', () => {
    install(['node_modules/left', 'node_modules/typescript']);

    const { code, npm, stderr } = prepare('all');

    expect(code).toBe(0);
    expect(npm).toEqual([expect.stringMatching(/^install --no-save (?!.*--omit)/u)]);
    expect(stderr).toBe('# Installing 1 package (npm) …\n');
    expect(existsSync(join(root, 'node_modules/left/package.json'))).toBe(true);
  });

  it.each([
    ['of another version', { ...LOCKED, 'node_modules/left': { version: '0.9.0' } }],
    ['that npm did not finish', { ...LOCKED, 'node_modules/left': undefined }],
  ])('replaces a package %s', (_what, installed) => {
    install(ALL);
    writeJson('node_modules/.package-lock.json', { packages: installed });

    expect(prepare('all').npm).toEqual([expect.stringMatching(/^install --no-save /u)]);
  });

  it('installs exactly what is locked where there is no node_modules', () => {
    expect(prepare('all').npm).toEqual([expect.stringMatching(/^ci (?!.*--omit)/u)]);
  });

  it('leaves development packages out of a first installation for running', () => {
    expect(prepare('run').npm).toEqual([expect.stringMatching(/^ci --omit=dev /u)]);
  });

  it('removes no development packages when a package for running is added', () => {
    install(['node_modules/left', 'node_modules/typescript']);

    expect(prepare('run').npm).toEqual([expect.stringMatching(/^install --no-save (?!.*--omit)/u)]);
  });

  it('says what to do when npm fails, and starts no command', () => {
    npmThat('exit 7');

    const { code, stderr } = prepare('run');

    expect(code).toBe(1);
    expect(stderr).toContain('Without a network, copy node_modules from a machine');
  });

  it('keeps what npm prints out of the output of the command', () => {
    npmThat('echo "added 2 packages"');

    expect(prepare('run')).toMatchObject({
      stdout: '',
      stderr: '# Installing 2 packages (npm) …\n',
    });
  });

  /** Makes packages as npm leaves them: each folder, and npm's own list of all. */
  function install(paths: readonly string[]): void {
    for (const path of paths) writeJson(join(path, 'package.json'), { name: path });
    writeJson('node_modules/.package-lock.json', {
      packages: Object.fromEntries(paths.map((path) => [path, LOCKED[path]])),
    });
  }

  function writeJson(path: string, value: unknown): void {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(value));
  }

  /** An npm that notes how it was called, and then does this. */
  function npmThat(script: string): void {
    const npm = join(root, 'bin', 'npm');
    writeFileSync(npm, `#!/bin/sh\necho "$@" >> '${join(root, 'calls')}'\n${script}\n`);
    chmodSync(npm, 0o755);
  }

  function prepare(extent: string) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'commands', 'prepare.mjs'), extent],
      // The shell of the script finds no other npm, whatever the PATH of this machine.
      { env: { PATH: [join(root, 'bin'), '/usr/bin', '/bin'].join(delimiter) }, encoding: 'utf8' },
    );
    const calls = join(root, 'calls');
    const npm = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
    return { code: status, npm, stdout, stderr };
  }
});
