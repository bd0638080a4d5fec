import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_INSTANCE, LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { fold } from '../../shared/core/journal.ts';
import { EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { SCOPE } from '../helpers/examples.ts';
import { journalOf, readJournal } from '../helpers/journal-of.ts';
import { type Finished, runCommand } from '../helpers/processes.ts';
import { columns, condition, key, officialClient } from '../helpers/tablestore.ts';

describe('npm run doctor', () => {
  let cloud: LocalCloud;
  let environment: Readonly<Record<string, string>>;
  beforeEach(async () => {
    cloud = await startLocalCloud({ fleetSize: 3 });
    environment = {
      ...cloud.environment,
      ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
    };
  });
  afterEach(() => cloud.close());

  it('names a damaged checkpoint, repairs it with --repair, and the next tick invents no change', async () => {
    await watchOnce();
    const part = await storeCheckpoint();
    const healthy = await runDoctor();

    await damage(part);
    const found = await runDoctor();
    const foundAgain = await runDoctor('--json');
    const repaired = await runDoctor('--repair');
    const after = await runDoctor();
    const { stdout } = await watchOnce();

    expect(healthy).toMatchObject({ code: 0, stderr: '' });
    expect(healthy.stdout).toMatch(
      /^key: of account 1234567890123456 .*\necs: answers for 1 scope\n.*at commit 1 in 1 part, 3 instances.*Nothing is wrong\.\n$/su,
    );
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(
      'The checkpoint at commit 1 cannot be read: part 1 of 1: data cannot be unpacked',
    );
    expect(found.stdout).toContain('Nothing was changed. npm run doctor -- --repair would');
    expect(foundAgain.code).toBe(1);
    expect(JSON.parse(foundAgain.stdout)).toMatchObject({
      ok: false,
      scopes: [{ findings: [{ kind: 'checkpoint-damaged', level: 'problem' }] }],
    });
    expect(repaired.code).toBe(0);
    expect(repaired.stdout).toContain('stored a fresh checkpoint at commit 1 with 3 instances');
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      scopes: [{ changes: 0, seq: 1 }],
      notes: [],
    });
    for (const { stdout: shown } of [healthy, found, foundAgain, repaired]) {
      for (const secret of secrets()) expect(shown).not.toContain(secret);
    }
  });

  it('says that nothing is watched where no region is left', async () => {
    environment = { ...environment, WATCH_REGIONS: 'all', WATCH_REGIONS_DENY: '*' };
    await watchOnce();

    const { code, stdout } = await runDoctor();

    expect(stdout).toContain('PROBLEM: nothing is watched: no region is left by WATCH_REGIONS');
    expect(code).toBe(1);
  });

  it('stores no checkpoint of a truncated journal, and the next tick takes a new baseline', async () => {
    await watchOnce();
    const part = await storeCheckpoint();
    await damage(part);
    await officialClientOf(cloud).deleteRow({
      tableName: 'ecs_watch_journal',
      condition: condition(),
      primaryKey: key({ scope: SCOPE.key, seq: 1n }),
    });

    const refused = await runDoctor('--repair');
    const tick = await watchOnce();
    const after = await runDoctor();

    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('takes a new baseline for all others');
    expect(JSON.parse(tick.stdout)).toMatchObject({ ok: true, scopes: [{ changes: 0, seq: 2 }] });
    expect(after).toMatchObject({ code: 0 });
    expect(after.stdout).toContain('Nothing is wrong.');
  });

  it('names an account that cannot be entered once, however many regions it has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-doctor-'));
    const path = join(folder, 'watch.yaml');
    writeFileSync(
      path,
      `accounts:
  - alias: factory
    roleArn: acs:ram::2000000000000002:role/gone
    regions: [cn-hangzhou, cn-shanghai, cn-beijing]
`,
    );
    environment = { ...environment, WATCH_CONFIG: path };

    const { code, stdout } = await runDoctor('--json');
    rmSync(folder, { recursive: true });

    expect(code).toBe(1);
    expect(JSON.parse(stdout).ecs).toEqual([
      { scope: 'factory/*', problem: expect.stringMatching(/^EntityNotExist\.Role: /u) },
      { scope: SCOPE.key, problem: null },
    ]);
  });

  it('prints its usage, or what is missing from the environment, and exits with 2', async () => {
    const wrong = await runCommand('doctor', ['--fix'], environment).finished;
    const nowhere = await runCommand('doctor', [], {}).finished;

    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^Unknown option '--fix'.*Usage: npm run doctor.*--repair/su);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toMatch(
      /- WATCH_REGIONS is missing.*- TABLESTORE_ENDPOINT is missing/su,
    );
  });

  it('says once that the key is wrong, whatever refuses it, and without secrets', async () => {
    const ALIBABA_CLOUD_ACCESS_KEY_SECRET = 'secret-of-a-stranger-0000000000';

    const refused = await runCommand('doctor', [], {
      ...environment,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET,
    }).finished;

    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(refused.stdout).toMatch(
      /^PROBLEM: The key is refused by STS: SignatureDoesNotMatch.*\n.*npm run configure.*\n.*RAM console/u,
    );
    // The same key: Tablestore does not know it either.
    expect(refused.stdout).toContain('\n1 problem.\n');
    expect(refused.stdout).not.toContain('OTSAuthFailed');
    expect(refused.stdout).not.toContain(ALIBABA_CLOUD_ACCESS_KEY_SECRET);
  });

  it('says once that nothing is reached, and asks nothing that depends on it', async () => {
    await cloud.close();

    const { code, stdout } = await runDoctor();

    expect(code).toBe(1);
    expect(stdout.match(/PROBLEM: /gu)).toHaveLength(1);
    expect(stdout).toMatch(/^PROBLEM: None of the addresses was reached: 127\.0\.0\.1:\d+, /u);
    expect(stdout).toContain('ECONNREFUSED');
    expect(stdout).not.toMatch(/not proved|regions:|may not/u);
  });

  function runDoctor(...flags: readonly string[]): Promise<Finished> {
    return runCommand('doctor', flags, environment).finished;
  }

  function watchOnce(): Promise<Finished> {
    return runCommand('watch', ['--once'], environment).finished;
  }

  /** Stores a checkpoint of the whole journal, and returns the name of its only part. */
  async function storeCheckpoint(): Promise<string> {
    const snapshot = fold(EMPTY_SNAPSHOT, await readJournal({ cloud }));
    const { seq, writer } = await journalOf({ cloud }).saveCheckpoint(SCOPE, snapshot, 'tick-1');
    return `part/${String(seq).padStart(16, '0')}/${writer}/0`;
  }

  async function damage(part: string): Promise<void> {
    await officialClientOf(cloud).putRow({
      tableName: 'ecs_watch_state',
      condition: condition('EXPECT_EXIST'),
      primaryKey: key({ scope: SCOPE.key, item: part }),
      attributeColumns: columns({ data: Buffer.from('no gzip') }),
    });
  }

  function secrets(): readonly string[] {
    const all = Object.values(cloud.channels.environment);
    return [...all, ...Object.values(LOCAL_KEYS)].filter((secret) => secret !== '');
  }
});

function officialClientOf(cloud: LocalCloud) {
  return officialClient(cloud.tablestore, { ...LOCAL_KEYS, instancename: LOCAL_INSTANCE });
}
