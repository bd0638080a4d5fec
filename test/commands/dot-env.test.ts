import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV_FILE, loadDotEnv, parseDotEnv } from '../../commands/dot-env.ts';
import { ConfigError } from '../../shared/config/environment.ts';
import { runScript } from '../helpers/processes.ts';

describe('.env', () => {
  it('holds one variable a line, with or without quotes, and comments', () => {
    const text = `\ufeff# of the team
WATCH_REGIONS=cn-hangzhou,cn-shanghai

export SLACK_WEBHOOK = 'https://hooks.slack.com/services/T#1'
VIEW_TOKENS="a b"   # for Prometheus\r
WATCH_ZONE=
  WATCH_LANGUAGE=zh # of messages`;

    expect(parseDotEnv(text, '.env')).toEqual({
      values: {
        WATCH_REGIONS: 'cn-hangzhou,cn-shanghai',
        SLACK_WEBHOOK: 'https://hooks.slack.com/services/T#1',
        VIEW_TOKENS: 'a b',
        WATCH_ZONE: '',
        WATCH_LANGUAGE: 'zh',
      },
      problems: [],
    });
  });

  it('names each malformed line with its number, and no value', () => {
    const text = `A=1
SECRET1
2B=SECRET2
: SECRET3=4
C="SECRET5
D='a'SECRET6
E=abc#SECRET7
A=SECRET8
F=\0SECRET9`;

    const { values, problems } = parseDotEnv(text, '.env');

    expect(problems).toEqual([
      '.env:2 is not NAME=value',
      '.env:3 is not NAME=value',
      '.env:4 is not NAME=value',
      '.env:5 C has a quote that does not end where the value ends',
      '.env:6 D has a quote that does not end where the value ends',
      ".env:7 E holds a # outside of quotes: write NAME='value'",
      '.env:8 A is set a second time',
      '.env:9 F holds a control character',
    ]);
    expect(values).toEqual({ A: '1' });
  });

  describe('beside package.json', () => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'ecs-watch-dot-env-'));
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    it('yields to what the shell has set, be it to nothing', () => {
      write('A=file\nB=file\nC=file\n');

      expect(load({ A: 'shell', B: '' })).toEqual({
        environment: { A: 'shell', B: '', C: 'file' },
        warnings: [],
      });
    });

    it('may be missing, but not under a name that was asked for', () => {
      const other = join(root, 'production.env');

      expect(load({ A: '1' })).toEqual({ environment: { A: '1' }, warnings: [] });
      expect(() => load({ [ENV_FILE]: other })).toThrow(
        new ConfigError([`ECS_WATCH_ENV_FILE: ${other} cannot be read (ENOENT)`]),
      );
    });

    it('is reported when others may read it, with the command to run', () => {
      const path = write('A=1\n', 0o640);

      expect(load({}).warnings).toEqual([
        `${path} holds secrets and is open to other users of this machine: chmod 600 ${path}`,
      ]);
    });

    it('is read by a command, and ends it when it is malformed', async () => {
      const path = write('WATCH_REGIONS=cn-hangzhou\nSLACK_WEBHOOK https://SECRET\n');

      const { code, stdout, stderr } = await runScript('watch', ['--once'], { [ENV_FILE]: path })
        .finished;

      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: `Invalid configuration:\n- ${path}:2 is not NAME=value\n`,
      });
    });

    it('changes nothing for the local cloud, which is the same on every machine', async () => {
      const path = write('not even a variable\n');

      const { code, stderr } = await runScript('local', ['--port', 'x'], { [ENV_FILE]: path })
        .finished;

      expect(code).toBe(2);
      expect(stderr).toMatch(/^--port is not a whole number/u);
    });

    function write(text: string, mode = 0o600): string {
      const path = join(root, '.env');
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    }

    function load(environment: Record<string, string | undefined>) {
      const warnings: string[] = [];
      loadDotEnv(root, environment, (warning) => warnings.push(warning));
      return { environment, warnings };
    }
  });
});
