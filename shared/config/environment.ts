import { createHash } from 'node:crypto';
import type { Scope } from '../core/model.ts';
import { secretsInUrl } from '../lib/secrets.ts';
import { GUARD_LIMITS, type GuardLimits } from '../watch/core/guard.ts';

/** The environment as it comes: an empty string means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface TablestoreConfig {
  readonly endpoint: string;
  readonly instance: string;
  readonly tablePrefix: string;
}

export interface WatchConfig {
  readonly scopes: readonly Scope[];
  readonly tablestore: TablestoreConfig;
  readonly ecsEndpoint?: string;
  readonly callsPerMinute: number;
  readonly timeoutSeconds: number;
  readonly guard: GuardLimits;
  readonly dingtalk?: { readonly webhook: string; readonly secret?: string };
  readonly slack?: { readonly webhook: string };
  readonly webhook?: { readonly url: string; readonly secret?: string };
  readonly allowPrivate: boolean;
  readonly heartbeatUrl?: string;
  /** Values that must appear in no log line, error, report or row. */
  readonly secrets: readonly string[];
}

export interface ViewConfig {
  readonly scopes: readonly Scope[];
  readonly tablestore: TablestoreConfig;
  /** Absent: nobody is let in, unless the view is public. */
  readonly token?: string;
  readonly isPublic: boolean;
  readonly secrets: readonly string[];
}

/** The environment is not usable. The message names every problem, and no value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
}

/** The alias of the only account: watching several accounts needs a configuration file. */
const ACCOUNT = 'main';
/**
 * Requests to ECS a minute and region when nothing else is said: enough for 45,000 instances. The
 * real quota is not published; it is shared with the console, so throttling also slows us down.
 */
const DEFAULT_CALLS_PER_MINUTE = 1_000;
const DEFAULT_TIMEOUT_SECONDS = 60;

/** @throws {ConfigError} naming every missing or malformed variable, not just the first. */
export function parseWatchConfig(environment: Environment): WatchConfig {
  const read = reader(environment);
  const dingtalk = read.url('DINGTALK_WEBHOOK', robotRule(read.webhookRule('oapi.dingtalk.com')));
  const slack = read.url(
    'SLACK_WEBHOOK',
    read.webhookRule('hooks.slack.com', 'hooks.slack-gov.com'),
  );
  const webhook = read.url('WEBHOOK_URL', read.webhookRule());
  const heartbeatUrl = read.url('HEARTBEAT_URL', read.webhookRule());
  const dingtalkSecret = read.companion('DINGTALK_SECRET', 'DINGTALK_WEBHOOK');
  const webhookSecret = read.companion('WEBHOOK_SECRET', 'WEBHOOK_URL', WEBHOOK_SECRET);
  const ecsEndpoint = read.url('ECS_ENDPOINT', ENDPOINT_RULE);
  for (const name of UNSUPPORTED) read.refuse(name, 'is not supported by this version: unset it');
  const addresses = [dingtalk, slack, webhook, heartbeatUrl];
  const config: WatchConfig = {
    scopes: readScopes(read),
    tablestore: readTablestore(read),
    callsPerMinute: read.count('ECS_CALLS_PER_MINUTE', DEFAULT_CALLS_PER_MINUTE),
    timeoutSeconds: read.count('WATCH_TIMEOUT_SECONDS', DEFAULT_TIMEOUT_SECONDS),
    guard: readGuard(read),
    allowPrivate: read.flag('WEBHOOK_ALLOW_PRIVATE'),
    ...(ecsEndpoint !== undefined && { ecsEndpoint }),
    ...(heartbeatUrl !== undefined && { heartbeatUrl }),
    ...(dingtalk !== undefined && {
      dingtalk: { webhook: dingtalk, ...named('secret', dingtalkSecret) },
    }),
    ...(slack !== undefined && { slack: { webhook: slack } }),
    ...(webhook !== undefined && { webhook: { url: webhook, ...named('secret', webhookSecret) } }),
    secrets: [
      ...addresses.flatMap((address) => (address === undefined ? [] : secretsInUrl(address))),
      ...[dingtalkSecret, webhookSecret].filter((secret) => secret !== undefined),
      ...credentialsIn(environment),
    ],
  };
  read.finish();
  return config;
}

/** @throws {ConfigError} naming every missing or malformed variable, not just the first. */
export function parseViewConfig(environment: Environment): ViewConfig {
  const read = reader(environment);
  const token = read.text('VIEW_TOKEN');
  const config: ViewConfig = {
    scopes: readScopes(read),
    tablestore: readTablestore(read),
    isPublic: read.flag('VIEW_PUBLIC'),
    ...named('token', token),
    secrets: [...(token === undefined ? [] : [token]), ...credentialsIn(environment)],
  };
  read.finish();
  return config;
}

/** Channels of the public surface that later versions have; ignoring one would lose its changes. */
const UNSUPPORTED = [
  'FEISHU_WEBHOOK',
  'FEISHU_SECRET',
  'WECOM_WEBHOOK',
  'TEAMS_WEBHOOK',
  'WATCH_CONFIG',
] as const;

const CREDENTIAL_VARIABLES = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
] as const;

function credentialsIn(environment: Environment): readonly string[] {
  return CREDENTIAL_VARIABLES.flatMap((name) => environment[name]?.trim() ?? []);
}

function readScopes(read: Reader): readonly Scope[] {
  const regions = read.list('WATCH_REGIONS', REGION_ID);
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  if (regions.length === 0) read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  return regions.map((regionId) => ({
    key: [ACCOUNT, regionId, ...filterKey(zoneId, instanceIds)].join('/'),
    account: ACCOUNT,
    regionId,
    ...named('zoneId', zoneId),
    ...(instanceIds.length > 0 && { instanceIds }),
  }));
}

/**
 * A filter is part of the scope's name. Otherwise narrowing it would make everything outside look
 * released; with it, a new filter starts with a baseline of its own.
 */
function filterKey(zoneId: string | undefined, ids: readonly string[]): readonly string[] {
  const digest = createHash('sha256')
    .update([...ids].sort().join())
    .digest('hex')
    .slice(0, 8);
  return [
    ...(zoneId === undefined ? [] : [zoneId]),
    ...(ids.length === 0 ? [] : [`ids-${digest}`]),
  ];
}

/** When releases are held, as the fleet's owner knows how much of it may go at once. */
function readGuard(read: Reader): GuardLimits {
  return {
    count: read.count('WATCH_GUARD_COUNT', GUARD_LIMITS.count),
    share: read.count('WATCH_GUARD_PERCENT', GUARD_LIMITS.share * 100, 100) / 100,
    scans: read.count('WATCH_GUARD_SCANS', GUARD_LIMITS.scans),
  };
}

function readTablestore(read: Reader): TablestoreConfig {
  const endpoint = read.url('TABLESTORE_ENDPOINT', ENDPOINT_RULE);
  const instance = read.text('TABLESTORE_INSTANCE', INSTANCE_NAME);
  if (endpoint === undefined) {
    read.refuseMissing('TABLESTORE_ENDPOINT', 'e.g. https://NAME.cn-hangzhou.ots.aliyuncs.com');
  }
  if (instance === undefined) read.refuseMissing('TABLESTORE_INSTANCE', 'the name of the instance');
  return {
    endpoint: endpoint ?? '',
    instance: instance ?? '',
    tablePrefix: read.text('TABLESTORE_TABLE_PREFIX', TABLE_PREFIX) ?? 'ecs_watch_',
  };
}

/** What a value must look like, and how to say so. */
interface Shape {
  readonly pattern: RegExp;
  readonly words: string;
}

const REGION_ID: Shape = { pattern: /^[a-z]{2,}(-[a-z0-9]+)+$/u, words: 'a region id' };
const ZONE_ID: Shape = { pattern: /^[a-z]{2,}(-[a-z0-9]+)+$/u, words: 'a zone id' };
const INSTANCE_ID: Shape = { pattern: /^[A-Za-z0-9-]{3,64}$/u, words: 'an instance id' };
/** Source: Tablestore "Limits on the wide column model", instance and table names. */
const INSTANCE_NAME: Shape = {
  pattern: /^[A-Za-z][A-Za-z0-9-]{1,14}[A-Za-z0-9]$/u,
  words: 'a Tablestore instance name (3–16 letters, digits or hyphens)',
};
const TABLE_PREFIX: Shape = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,200}$/u,
  words: 'the start of a table name (letters, digits, underscores)',
};
const WEBHOOK_SECRET: Shape = {
  pattern: /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/u,
  words: 'whsec_ and the base64 of 24 to 64 bytes, as Standard Webhooks writes it',
};

interface UrlRule {
  readonly allows: (url: URL) => boolean;
  readonly words: string;
}

const ENDPOINT_RULE: UrlRule = {
  allows: ({ protocol }) => protocol === 'https:' || protocol === 'http:',
  words: 'an address such as https://host or http://host:port',
};

/** A robot's address carries its token; nothing can be posted without. */
function robotRule({ allows, words }: UrlRule): UrlRule {
  return {
    allows: (url) =>
      allows(url) && (url.hostname !== 'oapi.dingtalk.com' || url.searchParams.has('access_token')),
    words: `${words} with an access_token`,
  };
}

interface Reader {
  text(name: string, shape?: Shape): string | undefined;
  list(name: string, shape: Shape): readonly string[];
  count(name: string, otherwise: number, max?: number): number;
  flag(name: string): boolean;
  url(name: string, rule: UrlRule): string | undefined;
  /** A variable that means something only beside another one. */
  companion(name: string, of: string, shape?: Shape): string | undefined;
  webhookRule(...hosts: readonly string[]): UrlRule;
  /** A problem, if the variable is set. */
  refuse(name: string, problem: string): void;
  refuseMissing(name: string, hint: string): void;
  /** @throws {ConfigError} if there was any problem */
  finish(): void;
}

/** As many as nine digits say. */
const MAX_COUNT = 999_999_999;

/** Reads variables and remembers every problem, so that they can be told all at once. */
function reader(environment: Environment): Reader {
  const problems: string[] = [];
  const raw = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const isPrivateAllowed = raw('WEBHOOK_ALLOW_PRIVATE') === 'true';

  const text = (name: string, shape?: Shape): string | undefined => {
    const value = raw(name);
    if (value !== undefined && shape !== undefined && !shape.pattern.test(value)) {
      problems.push(`${name} is not ${shape.words}`);
    }
    return value;
  };
  return {
    text,
    list(name, shape) {
      const items = (raw(name) ?? '').split(',').map((item) => item.trim());
      const unique = [...new Set(items.filter((item) => item !== ''))];
      const wrong = unique.filter((item) => !shape.pattern.test(item));
      if (wrong.length > 0) problems.push(`${name} holds what is not ${shape.words}: ${wrong}`);
      return unique;
    },
    count(name, otherwise, max = MAX_COUNT) {
      const value = raw(name);
      if (value === undefined) return otherwise;
      if (/^[1-9]\d{0,8}$/u.test(value) && Number(value) <= max) return Number(value);
      const range = max === MAX_COUNT ? 'of at least 1' : `from 1 to ${max}`;
      problems.push(`${name} is not a whole number ${range}`);
      return otherwise;
    },
    flag(name) {
      const value = raw(name);
      if (value !== undefined && value !== 'true' && value !== 'false') {
        problems.push(`${name} is neither true nor false`);
      }
      return value === 'true';
    },
    url(name, rule) {
      const value = raw(name);
      if (value === undefined) return undefined;
      // The value may be a secret, even a mistyped one: only its name is told.
      if (!URL.canParse(value) || !rule.allows(new URL(value))) {
        problems.push(`${name} is not ${rule.words}`);
      }
      return value;
    },
    companion(name, of, shape) {
      const value = text(name, shape);
      if (value !== undefined && raw(of) === undefined) {
        problems.push(`${name} is set, but ${of} is not`);
      }
      return value;
    },
    webhookRule(...hosts) {
      const where = hosts.length === 0 ? '' : ` of ${hosts[0]}`;
      return {
        allows: ({ protocol, hostname, username }) => {
          if (isPrivateAllowed) return protocol === 'https:' || protocol === 'http:';
          return (
            protocol === 'https:' &&
            username === '' &&
            (hosts.length === 0 || hosts.includes(hostname))
          );
        },
        words: `an https address${where} (WEBHOOK_ALLOW_PRIVATE=true allows others)`,
      };
    },
    refuse(name, problem) {
      if (raw(name) !== undefined) problems.push(`${name} ${problem}`);
    },
    refuseMissing(name, hint) {
      problems.push(`${name} is missing (${hint})`);
    },
    finish() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}

function named<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
}
