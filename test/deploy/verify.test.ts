import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openServerlessDevs, type Run, S_YAML, type ServerlessDevs } from './serverless-devs.ts';

// Every run of the CLI loads eight megabytes of code, and others may be using the machine.
jest.setTimeout(60_000);

/** What has no default. */
const REQUIRED = {
  WATCH_REGIONS: 'cn-hangzhou',
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
};

/** A typing error in s.yaml, and the one complaint that it must bring about. */
const MISTAKES: readonly [name: string, right: string, wrong: string, complaint: string][] = [
  ['a misspelt property', 'timeout: 10', 'timeOut: 10', 'view/props must have required property'],
  ['a property of nothing', 'asyncInvokeConfig:', 'async:', 'watch/props must NOT have additional'],
  ['a number in words', 'timeout: 50', 'timeout: 50s', 'watch/props/timeout must be integer'],
  ['a runtime that is not built in', 'nodejs20', 'nodejs22', 'watch/props/runtime must be'],
  [
    'a role that would be made up',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Serverless Devs writes it.
    "role: ${env('ECS_WATCH_NAME', 'ecs-watch')}-writer",
    'role: auto',
    'watch/props/role must',
  ],
  ['a variable of the platform', 'VIEW_PUBLIC:', 'FC_PUBLIC:', 'property name must be valid'],
  ['a variable that is no text', 'VIEW_TOKEN: $', 'VIEW_TOKEN: 1 # $', 'VIEW_TOKEN must be string'],
  ['five cron fields', '"@every 1m"', '"* * * * *"', 'triggerConfig/cronExpression must match'],
  ['a trigger without a switch', 'enable:', 'enabled:', "must have required property 'enable'"],
  ['a method that does not exist', '[GET,', '[GETT,', 'triggerConfig/methods/0 must be'],
  ['an unknown kind of access', 'anonymous', 'none', 'triggerConfig/authType must be'],
];

describe('s verify', () => {
  let s: ServerlessDevs;
  beforeAll(async () => {
    s = await openServerlessDevs();
  });
  afterAll(() => s.close());

  it('accepts s.yaml as it is', async () => {
    const { code, output } = await s.run(['verify', '-t', S_YAML], REQUIRED);

    expect(output).toContain('passed');
    expect(code).toBe(0);
  });

  it.each(Object.keys(REQUIRED))('refuses to go on without %s', async (name) => {
    const { code, output } = await s.run(['verify', '-t', S_YAML], { ...REQUIRED, [name]: '' });

    expect(output).toContain(`env('${name}') not found`);
    expect(code).toBe(1);
  });

  // All of them in one file: the complaints tell them apart, and each run takes most of a second.
  describe('of an s.yaml with mistakes', () => {
    let run: Run;
    beforeAll(async () => {
      const file = join(s.project, 'mistakes.yaml');
      await writeFile(file, withMistakes(await readFile(S_YAML, 'utf8')));
      run = await s.run(['verify', '-t', file], REQUIRED);
    });

    it('fails', () => {
      expect(run.code).toBe(1);
    });

    it.each(MISTAKES)('finds %s', (_name, _right, _wrong, complaint) => {
      expect(run.output.split(complaint)).toHaveLength(2);
    });
  });
});

function withMistakes(text: string): string {
  return MISTAKES.reduce((before, [, right, wrong]) => {
    const after = before.replace(right, () => wrong);
    if (after === before) throw new Error(`s.yaml does not contain ${right}`);
    return after;
  }, text);
}
