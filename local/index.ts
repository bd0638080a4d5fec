import { type ChannelsServer, startChannels } from './channels/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { startControl } from './control.ts';
import { type EcsServer, type Member, startEcs } from './ecs/index.ts';
import type { LocalServer } from './server.ts';
import { accountIdOf, createDirectory, type Role } from './sts/directory.ts';
import { type StsServer, startSts } from './sts/index.ts';
import { startTablestore, type TablestoreServer } from './tablestore/index.ts';

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
}

/** An account beside that of the keys; its id is in the role's ARN. */
export interface LocalAccount extends Omit<Member, 'accountId'> {
  readonly role: Role;
}

/** The cloud on a laptop: every server on loopback, one pair of keys, one account and those that it may enter. */
export interface LocalCloud {
  readonly ecs: EcsServer;
  readonly sts: StsServer;
  readonly tablestore: TablestoreServer;
  readonly channels: ChannelsServer;
  /** Faults by HTTP, for people and for programs of other languages. */
  readonly control: LocalServer;
  /** The environment variables with which the product runs on this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

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
    const tablestore = await running(
      startTablestore({ port: portAt(1), data, instance: LOCAL_INSTANCE, accessKeys, clock, seed }),
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
      }),
    );
    const channels = await running(
      startChannels({ port: portAt(2), clock, seed, ...(timeZone && { timeZone }) }),
    );
    const servers = { ecs, tablestore, channels };
    const sts = await running(startSts({ port: portAt(4), accessKeys, directory, seed }));
    const control = await running(startControl(servers, portAt(3)));
    const environment = { ...productEnvironment(servers, regions), STS_ENDPOINT: sts.url };
    return { ...servers, sts, control, environment, close };
  } catch (error) {
    await close();
    throw error;
  }
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
