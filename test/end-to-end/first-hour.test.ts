import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type FirstHour, startFirstHour } from '../../bench/doctor/first-hour.ts';
import { nameIt, WRONG_SETTINGS } from '../../bench/doctor/wrong-settings.ts';
import { LOCAL_INSTANCE, LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { runCommand, runScript } from '../helpers/processes.ts';
import { officialClient, TS } from '../helpers/tablestore.ts';

/**
 * Until a mistake is named, beside the time that the command takes to load: five seconds where this
 * test has the machine to itself. Without the commands' own questions it would be half a minute.
 */
const NAMED_WITHIN_MS = 15_000;

const KEYS = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
};

/** An address that does not answer: the clients try again, so that the commands are ended once they have named it. */
interface Mistake {
  readonly what: string;
  readonly variables: () => Readonly<Record<string, string>>;
  readonly named: RegExp;
}

describe('a mistake of the first hour', () => {
  let cloud: LocalCloud;
  let silent: Server;
  let loadMs: number;
  beforeAll(async () => {
    cloud = await startLocalCloud({ fleetSize: 3 });
    // It reads what comes, so that a client that goes leaves no open socket.
    silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const startMs = performance.now();
    await runCommand('doctor', ['--help'], {}).finished;
    loadMs = performance.now() - startMs;
  });
  afterAll(async () => {
    silent.close();
    await cloud.close();
  });

  const silentUrl = () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;

  const MISTAKES: readonly Mistake[] = [
    {
      what: 'a Tablestore address at which nothing listens',
      variables: () => ({ TABLESTORE_ENDPOINT: 'http://127.0.0.1:1' }),
      named: /127\.0\.0\.1:1 \(TABLESTORE_ENDPOINT\) refuses connections/u,
    },
    {
      what: 'a Tablestore address that never answers',
      variables: () => ({ TABLESTORE_ENDPOINT: silentUrl() }),
      named: /\(TABLESTORE_ENDPOINT\) does not answer/u,
    },
    {
      what: 'an ECS address that never answers',
      variables: () => ({ ECS_ENDPOINT: silentUrl() }),
      named: /\(ECS_ENDPOINT\) does not answer/u,
    },
  ];

  it.each(MISTAKES)(
    'is named within seconds by npm run watch and npm run doctor: $what',
    async ({ variables, named }) => {
      const environment = { ...cloud.environment, ...KEYS, ...variables() };

      const [tick, diagnosis] = await Promise.all([
        outputUntil(named, 'watch', ['--once'], environment),
        outputUntil(named, 'doctor', [], environment),
      ]);

      expect(tick).toMatch(named);
      expect(diagnosis).toMatch(named);
    },
    60_000,
  );

  it('is none: package.json starts a tick and the doctor, with keys from the environment', async () => {
    const environment = { ...cloud.environment, ...KEYS };

    const tick = await runScript('watch', ['--once'], environment).finished;
    const diagnosis = await runScript('doctor', [], environment).finished;

    expect(tick).toMatchObject({ code: 0, stdout: expect.stringContaining('"instances":3') });
    expect(diagnosis).toMatchObject({ code: 0, stderr: '' });
    expect(diagnosis.stdout).toMatch(/\nNothing is wrong\.\n$/u);
  }, 60_000);

  it('is named by the doctor when no tick has ever made the tables', async () => {
    const { code, stdout } = await runCommand('doctor', [], {
      ...cloud.environment,
      ...KEYS,
      TABLESTORE_TABLE_PREFIX: 'unused_',
    }).finished;

    expect(code).toBe(1);
    expect(stdout).toMatch(/no tick has ever recorded anything.*TABLESTORE_ variables/su);
  });

  /** What a command has printed up to the moment at which it names the mistake, or until it is late. */
  async function outputUntil(
    named: RegExp,
    command: string,
    flags: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { child, finished } = runCommand(command, flags, environment);
    let output = '';
    const collect = (text: string): void => {
      output += text;
      // What it does afterwards, with all its retries, is for other tests.
      if (named.test(output)) child.kill('SIGKILL');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const timer = setTimeout(() => child.kill('SIGKILL'), loadMs + NAMED_WITHIN_MS);
    await finished;
    clearTimeout(timer);
    return output;
  }
});

describe('a setting that is wrong', () => {
  let hour: FirstHour;
  beforeAll(async () => {
    hour = await startFirstHour();
  }, 60_000);
  afterAll(() => hour.close());

  it.each(WRONG_SETTINGS.map((wrong, place) => ({ ...wrong, place })))(
    'is named with its cure by the doctor and, where a tick can know it, by a tick: $what',
    async ({ place, ...wrong }) => {
      const { doctor, watch } = await nameIt(hour, wrong, place);

      expect(doctor.text).toMatch(wrong.doctor);
      if (wrong.watch !== undefined) expect(watch?.text).toMatch(wrong.watch);
    },
    30_000,
  );

  it('is none: the doctor has nothing to complain of in an account that is deployed', async () => {
    const alone = await hour.watch({});
    const deployed = await hour.watch(hour.deployed);
    const messages = hour.cloud.channels.inbox.list().length;
    const rows = await storedRows();

    const { text } = await hour.doctor(hour.deployed);

    // What is deployed is out of a tick's sight: where there may be a deployment, it says who looks at it.
    expect(deployed.text).toContain('npm run doctor compares them with this checkout');
    expect(alone.text).not.toContain('npm run doctor compares');
    expect(hour.cloud.channels.inbox.list()).toHaveLength(messages);
    expect(await storedRows()).toEqual(rows);
    expect(text).not.toContain('PROBLEM');
    expect(text).toContain(
      'functions: ecs-watch-watch, ecs-watch-scan, ecs-watch-view are as this checkout',
    );
    expect(text).toContain('/healthz says healthy');
    expect(text).toMatch(/proved .*ots:PutRow/u);
  });

  it('is named without a trace: the doctor makes no tables', async () => {
    await hour.doctor({ TABLESTORE_TABLE_PREFIX: 'never_' });

    expect(hour.cloud.tablestore.tableNames.filter((name) => name.startsWith('never_'))).toEqual(
      [],
    );
  });

  /** Everything in the table that the doctor tries its rights on. */
  async function storedRows(): Promise<unknown> {
    const client = officialClient(hour.cloud.tablestore, {
      ...LOCAL_KEYS,
      instancename: LOCAL_INSTANCE,
    });
    const { rows } = await client.getRange({
      tableName: 'ecs_watch_state',
      direction: TS.Direction.FORWARD,
      inclusiveStartPrimaryKey: [{ scope: TS.INF_MIN }, { item: TS.INF_MIN }],
      exclusiveEndPrimaryKey: [{ scope: TS.INF_MAX }, { item: TS.INF_MAX }],
    });
    return rows;
  }
});
