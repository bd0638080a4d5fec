import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsIn } from '../../commands/configure/credentials.ts';
import { diagnose } from '../../commands/doctor/diagnose.ts';
import { printTick } from '../../commands/print-tick.ts';
import { setUp } from '../../commands/setup/set-up.ts';
import { remarksAfter, remarksBefore } from '../../commands/watch/remarks.ts';
import { loadConfig } from '../../commands/watch-file/load.ts';
import { watchHandler } from '../../functions/watch/index.ts';
import { systemClock } from '../../local/clock.ts';
import { type FunctionCompute, startFunctionCompute } from '../../local/fc/index.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../local/index.ts';
import { ConfigError } from '../../shared/config/environment.ts';
import { parseWatchConfig } from '../../shared/config/watch.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { createClient } from '../../shared/tablestore/client.ts';
import { EXPIRED, SELF_SIGNED, TEST_KEY } from './certificates.ts';
import { type Deployment, deployFunctions } from './deployed-functions.ts';

export type Variables = Readonly<Record<string, string>>;

/** What was said about a wrong setting, and how long it took. */
export interface Said {
  readonly text: string;
  readonly ms: number;
}

/** How the doctor is asked. */
export interface Examining {
  readonly sendsTest?: boolean;
  /** How far the clock of this machine is behind. */
  readonly clockBehindMs?: number;
}

/** A local account with everything in it, on which settings can be wrong one at a time. */
export interface FirstHour {
  readonly cloud: LocalCloud;
  readonly deployment: Deployment;
  readonly folder: string;
  readonly expiredUrl: string;
  readonly selfSignedUrl: string;
  /** With what the functions are deployed. */
  readonly deployed: Variables;
  /** Takes every mistake back. */
  restore(): Promise<void>;
  doctor(variables: Variables, how?: Examining): Promise<Said>;
  watch(variables: Variables): Promise<Said>;
  /** Makes a table with the key of something else. */
  makeForeignTable(name: string): Promise<void>;
  close(): Promise<void>;
}

const KEYS = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
};
const BUILD = 'ecs-watch 0.1.0, code of-this-checkout';
const CALL_TIMEOUT_MS = 5_000;

export async function startFirstHour(): Promise<FirstHour> {
  const cloud = await startLocalCloud({ fleetSize: 3 });
  const compute = await startCompute();
  const expired = await startSecure(EXPIRED);
  const selfSigned = await startSecure(SELF_SIGNED);
  const folder = mkdtempSync(join(tmpdir(), 'ecs-watch-first-hour-'));
  const base: Variables = { ...cloud.environment, ...KEYS, WATCH_TIMEOUT_SECONDS: '10' };
  const deployed: Variables = {
    ...base,
    VIEW_TOKEN: 'token-of-the-view-00',
    FC_CLIENT_CUSTOM_ENDPOINT: compute.url,
    RAM_ENDPOINT: cloud.sts.url,
    CMS_ENDPOINT: cloud.sts.url,
    TABLESTORE_CONTROL_ENDPOINT: cloud.sts.url,
  };
  await prepareAccount(deployed);
  const deployment = await deployFunctions(
    compute.url,
    { ...deployed, ECS_WATCH_NAME: 'ecs-watch' },
    BUILD,
  );
  const instance = cloud.account.instances.get('ecs-watch');
  const role = cloud.account.ram.role('ecs-watch-writer');

  return {
    cloud,
    deployment,
    folder,
    deployed,
    expiredUrl: urlOf(expired),
    selfSignedUrl: urlOf(selfSigned),
    async restore() {
      await deployment.restore();
      cloud.account.ram.userPolicy = undefined;
      cloud.ecs.setFaults([]);
      cloud.tablestore.setFaults([]);
      if (instance !== undefined) cloud.account.instances.put(instance);
      if (role !== undefined) cloud.account.ram.putRole(role);
    },
    doctor: (variables, how = {}) => timed(() => doctorText({ ...base, ...variables }, how)),
    watch: (variables) => timed(() => tickText({ ...base, ...variables })),
    async makeForeignTable(name) {
      const { endpoint, instance: own } = loadConfig(base, parseWatchConfig).config.tablestore;
      const connection = { endpoint, instance: own, credentials: LOCAL_KEYS };
      await createClient(connection, () => CALL_TIMEOUT_MS).createTable({
        tableMeta: { tableName: name, primaryKey: [{ name: 'id', type: 'STRING' }] },
        reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
        tableOptions: { timeToLive: -1, maxVersions: 1 },
      });
    },
    async close() {
      for (const server of [expired, selfSigned]) server.close();
      await compute.close();
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function doctorText(
  environment: Variables,
  { sendsTest = false, clockBehindMs = 0 }: Examining,
): Promise<string> {
  const report = await diagnose(
    { isRepair: false, sendsTest },
    {
      environment,
      findCredentials: () => credentialsIn(environment),
      runtime: { ...SYSTEM_RUNTIME, now: () => Date.now() - clockBehindMs },
      runId: 'doctor-first-hour',
      build: async () => BUILD,
    },
  );
  const { findings, facts } = report.world;
  const stored = [...report.scopes, ...report.channels].flatMap((diagnosis) => diagnosis.findings);
  const lines = [...findings, ...stored].map(
    ({ level, text, advice }) => `${level.toUpperCase()}: ${text} ${advice}`,
  );
  return [...lines, ...facts].join('\n');
}

async function tickText(environment: Variables): Promise<string> {
  const { config, file } = loadConfig(environment, parseWatchConfig);
  const world = {
    environment,
    config,
    runtime: SYSTEM_RUNTIME,
    findCredentials: () => credentialsIn(environment),
  };
  const before = await remarksBefore(world);
  const handler = watchHandler(environment, () => undefined, SYSTEM_RUNTIME, file);
  const credentials = await credentialsIn(environment);
  const report = await handler(Buffer.from('{}'), { credentials });
  return [...before, printTick(report), ...remarksAfter(world, report, false)].join('\n');
}

async function timed(work: () => Promise<string>): Promise<Said> {
  const startMs = performance.now();
  const text = await work().catch((error: unknown) => {
    if (error instanceof ConfigError || error instanceof CredentialsError) return error.message;
    throw error;
  });
  return { text, ms: performance.now() - startMs };
}

/** Roles and policies, as `npm run setup` makes them. */
async function prepareAccount(environment: Variables): Promise<void> {
  await setUp(
    { dryRun: false, print: false, adopt: true, prove: false },
    {
      environment,
      findCredentials: () => credentialsIn(environment),
      runtime: { ...SYSTEM_RUNTIME, sleep: async () => undefined },
      randomHex: (digits) => 'e'.repeat(digits),
      uninterrupted: (_notice, work) => work(new AbortController().signal),
      print: () => undefined,
      ask: async () => undefined,
    },
  );
}

function startCompute(): Promise<FunctionCompute> {
  return startFunctionCompute({
    platform: {
      credentials: {},
      region: 'cn-hangzhou',
      clock: systemClock,
      onLog: () => undefined,
    },
    accessKeys: [LOCAL_KEYS],
    // The code of its functions asks nothing.
    credentialsOf: () => ({}),
  });
}

async function startSecure(cert: string): Promise<Server> {
  const server = createServer({ key: TEST_KEY, cert }, (_, response) => response.end('{}'));
  // A client that does not trust it breaks off, as it should.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A file for WATCH_CONFIG. */
export function writeWatchFile({ folder }: FirstHour, text: string): string {
  const path = join(folder, 'watch.yaml');
  writeFileSync(path, text);
  return path;
}
