import { ENDPOINT } from '../../shared/config/addresses.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { configuredName, tablePrefixOf } from '../../shared/config/name.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { configuredRetention } from '../../shared/config/tablestore.ts';
import { parseViewTokens } from '../../shared/config/view-tokens.ts';
import { shape } from '../../shared/lib/shape.ts';
import { instanceAddress, instanceAt } from '../core/instance-address.ts';
import { configuredFunctionsRegion } from '../functions-region.ts';
import { readWatchFile } from '../watch-file/read.ts';

/** What setup and teardown take from the environment. */
export interface Settings {
  readonly name: string;
  /** Where the functions run. */
  readonly functionsRegion: string;
  readonly instance: {
    readonly name: string;
    readonly endpoint: string;
    readonly regionId: string;
  };
  readonly network: 'INTERNET' | 'VPC';
  readonly tablePrefix: string;
  /** How long commits are kept; absent: as long as usual. */
  readonly retentionDays?: number;
  /** Of CloudMonitor. */
  readonly alarmGroup?: string;
  /** The file at WATCH_CONFIG has accounts that are entered by a role. */
  readonly entersAccounts: boolean;
  /** A token of VIEW_TOKENS may write notes. */
  readonly writesNotes: boolean;
  /** A region in which the watcher looks, to try its rights there. */
  readonly watchedRegion: string;
  readonly endpoints: Endpoints;
}

/** Overrides, such as `http://127.0.0.1:7805`. */
export type Endpoints = Partial<
  Record<'ECS' | 'STS' | 'RAM' | 'CMS' | 'TABLESTORE_CONTROL', string>
>;

/** Source: model of @alicloud/tablestore20201209, CreateInstanceRequest, InstanceName. */
const INSTANCE = {
  allows: (value: string) =>
    /^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/u.test(value) &&
    !/ali|ay|ots|taobao|admin/iu.test(value),
  words:
    'a Tablestore instance name (3–16 letters, digits or hyphens, without ali, ay, ots, taobao or admin)',
};
const TABLE_PREFIX = shape(
  /^[A-Za-z_][A-Za-z0-9_]{0,200}$/u,
  'the start of a table name (letters, digits, underscores)',
);

const OVERRIDABLE = ['ECS', 'STS', 'RAM', 'CMS', 'TABLESTORE_CONTROL'] as const;

/**
 * @param isMember a watched account has no instance of ecs-watch
 * @throws {ConfigError} naming every problem
 */
export function readSettings(environment: Environment, isMember: boolean): Settings {
  const read = variableReader(environment);
  const name = configuredName(read);
  const functionsRegion = configuredFunctionsRegion(read);
  const instance = isMember
    ? ''
    : read.required(
        'TABLESTORE_INSTANCE',
        INSTANCE,
        'a name for the Tablestore instance, such as ecs-watch-a1b2: one that no account has in its region',
      );
  const given = read.text('TABLESTORE_ENDPOINT', ENDPOINT);
  const endpoint = given ?? instanceAddress(instance || 'none', functionsRegion);
  const alarmGroup = read.text('ALARM_CONTACT_GROUP');
  const tablePrefix = read.text('TABLESTORE_TABLE_PREFIX', TABLE_PREFIX);
  const endpoints = Object.fromEntries(
    OVERRIDABLE.flatMap((service) => {
      const override = read.text(`${service}_ENDPOINT`, ENDPOINT);
      return override === undefined ? [] : [[service, override]];
    }),
  );
  const retention = configuredRetention(read);
  const [first] = read.list('WATCH_REGIONS');
  read.finish();
  const place = instanceAt(endpoint);
  const regionId = place?.regionId ?? functionsRegion;
  return {
    name,
    functionsRegion,
    instance: { name: instance, endpoint, regionId },
    network: place?.isInVpc ? 'VPC' : 'INTERNET',
    tablePrefix: tablePrefix ?? tablePrefixOf(name),
    ...retention,
    ...(alarmGroup !== undefined && { alarmGroup }),
    entersAccounts: (readWatchFile(environment)?.accounts ?? []).some(({ role }) => role),
    writesNotes: parseViewTokens(environment.VIEW_TOKENS ?? '').tokens.some(
      ({ mayWriteNotes }) => mayWriteNotes,
    ),
    watchedRegion: first === undefined || first === 'all' ? regionId : first,
    endpoints,
  };
}
