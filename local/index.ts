import { type AnsweredCall, startApis } from './api/server.ts';
import { type ChannelsServer, startChannels } from './channels/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { cloudMonitorService } from './cloud-monitor/index.ts';
import { type Alarms, createAlarms, DEFAULT_CONTACT_GROUP } from './cloud-monitor/rules.ts';
import { startControl } from './control.ts';
import { type EcsServer, type Member, startEcs } from './ecs/index.ts';
import { type Account, createAccount } from './ram/account.ts';
import { ramService } from './ram/index.ts';
import type { LocalServer } from './server.ts';
import type { AccessKey } from './signature/access-key.ts';
import { accountIdOf, createDirectory, type Directory, type Role } from './sts/directory.ts';
import { stsService } from './sts/index.ts';
import {
  startTablestore,
  type TablestoreAccess,
  type TablestoreServer,
} from './tablestore/index.ts';
import { tablestoreControlService } from './tablestore-control/index.ts';
import { createInstances, type Instances } from './tablestore-control/instances.ts';

/** What the local cloud is made of; everything has a default. */
export interface LocalCloudOptions {
  /** The port of ECS; Tablestore, the inbox, the control and STS get the next four. 0: any free ports. */
  readonly port?: number;
  /** Where Tablestore keeps its rows: a directory, or `memory`. */
  readonly data?: string;
  readonly regions?: readonly string[];
  /** Instances in each region at the start. */
  readonly fleetSize?: number;
  readonly churnPerMinute?: number;
  readonly seed?: number;
  readonly clock?: Clock;
  /** Of the messages; the phones of the inbox are there. */
  readonly timeZone?: string;
  /** Further accounts, each with a role that lets the watcher in. */
  readonly accounts?: readonly LocalAccount[];
  /** No Tablestore instance is there yet, and one that is made has its network switches. */
  readonly isEmpty?: boolean;
}

/** An account beside that of the keys; its id is in the role's ARN. */
export interface LocalAccount extends Omit<Member, 'accountId'> {
  readonly role: Role;
}

/** The cloud on a laptop: every server on loopback, one pair of keys, one account and those that it may enter. */
export interface LocalCloud {
  readonly ecs: EcsServer;
  readonly sts: StsServer;
  /** The roles and policies of the account, what it has made, and what it was asked. */
  readonly account: LocalAccountState;
  readonly tablestore: TablestoreServer;
  readonly channels: ChannelsServer;
  /** Faults by HTTP, for people and for programs of other languages. */
  readonly control: LocalServer;
  /** The environment variables with which the product runs on this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** STS and, at the same address, RAM, CloudMonitor and the control of Tablestore. */
export interface StsServer extends LocalServer {
  /** Adds and removes roles while the server runs. */
  readonly directory: Directory;
  /** Calls of AssumeRole so far, whatever was answered. */
  readonly calls: number;
}

export interface LocalAccountState {
  readonly ram: Account;
  readonly instances: Instances;
  readonly alarms: Alarms;
  /** The calls of all these APIs so far. */
  readonly answered: readonly AnsweredCall[];
}

/** The account of the keys. */
export const LOCAL_ACCOUNT = '1234567890123456';
export const LOCAL_INSTANCE = 'ecs-watch';
/** Keys that open nothing but these servers. */
export const LOCAL_KEYS = {
  accessKeyId: 'LTAIlocalcloud0000000000',
  accessKeySecret: 'secret-of-the-local-cloud-00000',
} as const;
/** The keys of the functions' role, in the form of real temporary keys. */
export const LOCAL_ROLE_KEYS = {
  accessKeyId: 'STS.localcloud000000000000',
  accessKeySecret: 'secret-of-the-local-role-0000000',
  securityToken: 'token-of-the-local-role-000000000',
} as const;

/** Starts all servers, or none. @throws when a port is taken or the data cannot be opened */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const { port = 0, data = 'memory', regions = ['cn-hangzhou'], seed = 1 } = options;
  const {
    fleetSize = 0,
    churnPerMinute = 0,
    clock = systemClock,
    accounts = [],
    timeZone,
    isEmpty = false,
  } = options;
  const roles = accounts.map(({ role }) => role);
  const directory = createDirectory(roles, seed, clock);
  const accessKeys = [LOCAL_KEYS, LOCAL_ROLE_KEYS];
  const portAt = (place: number): number => (port === 0 ? 0 : port + place);
  const started: LocalServer[] = [];
  const running = async <T extends LocalServer>(server: Promise<T>): Promise<T> => {
    started.push(await server);
    return server;
  };
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    const ram = createAccount(LOCAL_ACCOUNT, { directory, clock });
    const instances = createInstances({
      accountId: LOCAL_ACCOUNT,
      regionId: regions[0] ?? 'cn-hangzhou',
      clock,
      hasTables: (name) => name === LOCAL_INSTANCE && tablestore.tableNames.length > 0,
    });
    if (!isEmpty) instances.put({ ...READY_INSTANCE, createdMs: clock.now() });
    const access = accountAccess({ accessKeys, directory, ram, instances, clock });
    const tablestore: TablestoreServer = await running(
      startTablestore({
        port: portAt(1),
        data,
        instance: LOCAL_INSTANCE,
        accessKeys,
        access,
        clock,
        seed,
      }),
    );
    const ecs = await running(
      startEcs({
        port: portAt(0),
        accessKeys,
        regions,
        fleetSize,
        churnPerMinute,
        seed,
        clock,
        members: accounts.map(({ role, ...rest }) => ({
          ...rest,
          accountId: accountIdOf(role.arn),
        })),
        sessions: directory,
        account: ram,
      }),
    );
    const channels = await running(
      startChannels({ port: portAt(2), clock, seed, ...(timeZone && { timeZone }) }),
    );
    const servers = { ecs, tablestore, channels };
    const alarms = createAlarms([DEFAULT_CONTACT_GROUP]);
    const services = [
      stsService(directory),
      ramService(ram),
      tablestoreControlService(instances),
      cloudMonitorService(alarms),
    ];
    const apis = await running(
      startApis({
        port: portAt(4),
        accessKeys,
        directory,
        account: ram,
        services,
        clock,
        seed,
      }),
    );
    const { answered } = apis;
    const sts = {
      ...apis,
      directory,
      get calls() {
        return answered.filter(({ action }) => action === 'AssumeRole').length;
      },
    };
    const control = await running(startControl(servers, portAt(3)));
    const environment = { ...productEnvironment(servers, regions), STS_ENDPOINT: sts.url };
    const account = { ram, instances, alarms, answered };
    return { ...servers, sts, account, control, environment, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What `isEmpty` leaves out. */
const READY_INSTANCE = {
  name: LOCAL_INSTANCE,
  description: 'The instance of the local cloud.',
  specification: 'SSD',
  networks: ['VPC', 'INTERNET'] as const,
};

interface Deciding {
  readonly accessKeys: readonly AccessKey[];
  readonly directory: Directory;
  readonly ram: Account;
  readonly instances: Instances;
  readonly clock: Clock;
}

/** The account decides about Tablestore: which instances there are, their networks, and who may do what. */
function accountAccess(deciding: Deciding): TablestoreAccess {
  const { accessKeys, directory, ram, instances, clock } = deciding;
  return {
    keyOf(id) {
      const session = directory.session(id);
      if (session === undefined) return accessKeys.find(({ accessKeyId }) => accessKeyId === id);
      const isValid = session.endMs > clock.now() && session.accountId === ram.id;
      return isValid ? session.key : undefined;
    },
    closedBecause(name) {
      const instance = name === LOCAL_INSTANCE ? instances.get(name) : undefined;
      if (instance === undefined) return 'The instance is not found.';
      const { status = 'normal' } = instance;
      if (status !== 'normal') return 'The instance is not running.';
      const isOpen = instance.networks.includes('INTERNET');
      return isOpen ? undefined : 'Request denied by instance ACL policies.';
    },
    may(accessKeyId, operation, table) {
      const resource = `acs:ots:${instances.regionId}:${ram.id}:instance/${LOCAL_INSTANCE}`;
      return ram.may(accessKeyId, `ots:${operation}`, `${resource}/table/${table}`);
    },
  };
}

function productEnvironment(
  { ecs, tablestore, channels }: Pick<LocalCloud, 'ecs' | 'tablestore' | 'channels'>,
  regions: readonly string[],
): Readonly<Record<string, string>> {
  return {
    WATCH_REGIONS: regions.join(','),
    ECS_ENDPOINT: ecs.url,
    TABLESTORE_ENDPOINT: tablestore.url,
    TABLESTORE_INSTANCE: LOCAL_INSTANCE,
    ...channels.environment,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  };
}
