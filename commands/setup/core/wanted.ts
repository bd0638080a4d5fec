import { type PolicyDocument, rendered } from './document.ts';
import { namesOf } from './names.ts';

/** What an environment needs in an account. */
export interface Wanted {
  /** The description of what setup makes: by it, teardown knows its own. */
  readonly mark: string;
  readonly instance?: WantedInstance;
  readonly tables: readonly WantedTable[];
  readonly policies: readonly WantedPolicy[];
  readonly roles: readonly WantedRole[];
  readonly alarms: readonly WantedAlarm[];
}

export interface WantedInstance {
  readonly name: string;
  readonly regionId: string;
  /** The network through which the functions reach it. */
  readonly network: 'INTERNET' | 'VPC';
}

export interface WantedTable {
  readonly name: string;
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  /** -1: for ever. */
  readonly ttlSeconds: number;
}

export interface WantedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface WantedRole {
  readonly name: string;
  readonly trust: PolicyDocument;
  /** Names of custom policies. */
  readonly policies: readonly string[];
}

export interface WantedAlarm {
  /** Also its name. */
  readonly id: string;
  readonly contactGroup: string;
  readonly metric: string;
  readonly resources: string;
  readonly comparison: string;
  readonly threshold: string;
  /** Minutes in a row. */
  readonly times: number;
  /** What no data at all means; default: nothing. */
  readonly noData?: 'INSUFFICIENT_DATA';
}

/** The documents in deploy/, by the names of their files. */
export interface Templates {
  readonly trust: PolicyDocument;
  readonly writer: PolicyDocument;
  readonly reader: PolicyDocument;
  readonly enter: PolicyDocument;
  readonly notes: PolicyDocument;
  readonly member: PolicyDocument;
  readonly memberTrust: PolicyDocument;
}

/** What an environment is, as far as its account goes. */
export interface Installation {
  readonly name: string;
  readonly accountId: string;
  /** Where the functions run. */
  readonly functionsRegion: string;
  readonly instance: WantedInstance;
  readonly tablePrefix: string;
  readonly tables: readonly WantedTable[];
  /** The watcher looks into other accounts. */
  readonly entersAccounts: boolean;
  /** A token of the view may write notes. */
  readonly writesNotes: boolean;
  readonly alarmGroup?: string;
}

/** The prefix in deploy/*.policy.json. */
const TEMPLATE_PREFIX = 'ecs_watch_';
const TEMPLATE_NAME = 'ecs-watch';

export function markOf(name: string): string {
  return `Made by npm run setup of ecs-watch, environment ${name}.`;
}

export function wantedFor(installation: Installation, templates: Templates): Wanted {
  const { name, accountId, functionsRegion, instance, tables, tablePrefix } = installation;
  const names = namesOf(name);
  const fill = (document: PolicyDocument): PolicyDocument =>
    rendered(document, {
      // Before REGION, which is a part of it.
      FUNCTIONS_REGION: functionsRegion,
      REGION: instance.regionId,
      ACCOUNT: accountId,
      // Policies know instances by lower-case names only. Source: Tablestore "RAM policies".
      INSTANCE: instance.name.toLowerCase(),
      [TEMPLATE_PREFIX]: tablePrefix,
      [`functions/${TEMPLATE_NAME}-scan`]: `functions/${names.scan}`,
      [`role/${TEMPLATE_NAME}-member`]: `role/${names.member}`,
    });
  const enters = installation.entersAccounts ? [names.enter] : [];
  const notes = installation.writesNotes ? [names.notes] : [];
  return {
    mark: markOf(name),
    instance,
    tables,
    policies: [
      { name: names.writer, document: fill(templates.writer) },
      { name: names.reader, document: fill(templates.reader) },
      ...enters.map((enter) => ({ name: enter, document: fill(templates.enter) })),
      ...notes.map((note) => ({ name: note, document: fill(templates.notes) })),
    ],
    roles: [
      { name: names.writer, trust: templates.trust, policies: [names.writer, ...enters] },
      { name: names.reader, trust: templates.trust, policies: [names.reader, ...notes] },
    ],
    alarms: alarmsOf(installation),
  };
}

/** What a watched account needs: a role that lets the watcher of another account in. */
export function wantedOfMember(
  member: {
    readonly name: string;
    /** The account of the watcher. */
    readonly watcher: string;
    readonly externalId: string;
  },
  templates: Templates,
): Wanted {
  const names = namesOf(member.name);
  const trust = rendered(templates.memberTrust, {
    ACCOUNT: member.watcher,
    [`role/${TEMPLATE_NAME}-writer`]: `role/${names.writer}`,
    EXTERNAL_ID: member.externalId,
  });
  return {
    mark: markOf(member.name),
    tables: [],
    policies: [{ name: names.member, document: templates.member }],
    roles: [{ name: names.member, trust, policies: [names.member] }],
    alarms: [],
  };
}

/** Minutes in a row of errors, and without a tick, until people are called. */
const ERROR_MINUTES = 3;
const SILENT_MINUTES = 5;

/** Of FC 3.0. Source: Function Compute "Monitoring metrics" and "Monitoring data", Dimensions. */
function alarmsOf(installation: Installation): readonly WantedAlarm[] {
  const { name, accountId, functionsRegion, alarmGroup } = installation;
  if (alarmGroup === undefined) return [];
  const { watch } = namesOf(name);
  const resources = JSON.stringify([
    { userId: accountId, region: functionsRegion, functionName: watch },
  ]);
  return [
    {
      id: `${watch}-fails`,
      contactGroup: alarmGroup,
      metric: 'FunctionFunctionErrors',
      resources,
      comparison: 'GreaterThanThreshold',
      threshold: '0',
      times: ERROR_MINUTES,
    },
    {
      id: `${watch}-silent`,
      contactGroup: alarmGroup,
      metric: 'FunctionTotalInvocations',
      resources,
      comparison: 'LessThanThreshold',
      threshold: '1',
      times: SILENT_MINUTES,
      // A function that is never called has no data at all.
      noData: 'INSUFFICIENT_DATA',
    },
  ];
}
