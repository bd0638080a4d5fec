import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openServerlessDevs, type Run, S_YAML, type ServerlessDevs } from './serverless-devs.ts';

// Every run of the CLI loads eight megabytes of code, and others may be using the machine.
jest.setTimeout(60_000);

/** What has no default. */
const REQUIRED = {
  TABLESTORE_ENDPOINT: 'https://ecs-watch.cn-hangzhou.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ecs-watch',
};

/** What a mistake is about; each class is caught. */
const CLASSES = ['key', 'cron', 'access', 'range', 'environment'] as const;

interface Mistake {
  readonly of: (typeof CLASSES)[number];
  readonly what: string;
  readonly right: string;
  readonly wrong: string;
  /** The one line that it must bring about. It names the function, and the property. */
  readonly complaint: string;
}

/** Typing errors in s.yaml. */
const MISTAKES: readonly Mistake[] = [
  {
    of: 'key',
    what: 'a misspelt property',
    right: 'timeout: 10',
    wrong: 'timeOut: 10',
    complaint: 'view/props/timeOut must NOT be valid',
  },
  {
    of: 'key',
    what: 'what is missing then',
    right: 'code: ./dist/view',
    wrong: 'codeUri: ./dist/view',
    complaint: "view/props must have required property 'code'",
  },
  {
    of: 'key',
    what: 'a property of nothing',
    right: 'asyncInvokeConfig:',
    wrong: 'async:',
    complaint: 'watch/props/async must NOT be valid',
  },
  {
    of: 'range',
    what: 'a runtime that is not built in',
    right: 'nodejs20',
    wrong: 'nodejs22',
    complaint: 'watch/props/runtime must be equal to constant',
  },
  {
    of: 'access',
    what: 'a role that would be made up',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Serverless Devs writes it.
    right: "role: ${env('ECS_WATCH_NAME', 'ecs-watch')}-writer",
    wrong: 'role: auto',
    complaint: 'watch/props/role must NOT be valid',
  },
  {
    of: 'access',
    what: 'a method that does not exist',
    right: '[GET,',
    wrong: '[GETT,',
    complaint: 'view/props/triggers/0/triggerConfig/methods/0 must be equal to one of',
  },
  {
    of: 'access',
    what: 'an unknown kind of access',
    right: 'anonymous',
    wrong: 'none',
    complaint: 'view/props/triggers/0/triggerConfig/authType must be equal to one of',
  },
  {
    of: 'cron',
    what: 'five cron fields',
    right: '"@every 1m"',
    wrong: '"* * * * *"',
    complaint: 'watch/props/triggers/0/triggerConfig/cronExpression must match',
  },
  {
    of: 'cron',
    what: 'a trigger without a switch',
    right: 'enable:',
    wrong: 'enabled:',
    complaint: "watch/props/triggers/0/triggerConfig must have required property 'enable'",
  },
  {
    of: 'range',
    what: 'a number in words',
    right: 'timeout: 50',
    wrong: 'timeout: 50s',
    complaint: 'watch/props/timeout must be integer',
  },
  {
    of: 'range',
    what: 'memory between two steps',
    right: 'memorySize: 512',
    wrong: 'memorySize: 500',
    complaint: 'watch/props/memorySize must be multiple of 64',
  },
  {
    of: 'range',
    what: 'cores that no function has',
    right: 'cpu: 0.35',
    wrong: 'cpu: 20',
    complaint: 'watch/props/cpu must be <= 16',
  },
  {
    of: 'range',
    what: 'fewer instances than none',
    right: 'reservedConcurrency: 10',
    wrong: 'reservedConcurrency: -1',
    complaint: 'scan/props/concurrencyConfig/reservedConcurrency must be >= 0',
  },
  {
    of: 'environment',
    what: 'a variable of the platform',
    right: 'VIEW_PUBLIC:',
    wrong: 'FC_PUBLIC:',
    complaint: 'view/props/environmentVariables/FC_PUBLIC must NOT be valid',
  },
  {
    of: 'environment',
    what: 'a variable that is no text',
    right: 'VIEW_TOKEN: $',
    wrong: 'VIEW_TOKEN: 1 # $',
    complaint: 'view/props/environmentVariables/VIEW_TOKEN must be string',
  },
  {
    of: 'environment',
    what: 'a variable that fills all there is',
    right: 'VIEW_CORS_ORIGINS: $',
    wrong: `VIEW_CORS_ORIGINS: ${'x'.repeat(4_097)} # $`,
    complaint: 'view/props/environmentVariables/VIEW_CORS_ORIGINS must NOT have more than 4096',
  },
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

    it.each(MISTAKES)('finds $what ($of)', ({ complaint }) => {
      expect(run.output.split(complaint)).toHaveLength(2);
    });

    it('finds those of every class', () => {
      expect(new Set(MISTAKES.map((mistake) => mistake.of))).toEqual(new Set(CLASSES));
    });
  });
});

function withMistakes(text: string): string {
  return MISTAKES.reduce((before, { right, wrong }) => {
    const after = before.replace(right, () => wrong);
    if (after === before) throw new Error(`s.yaml does not contain ${right}`);
    return after;
  }, text);
}
