import type { Environment } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { refuseUnwatched } from '../../shared/config/view-names.ts';
import { parseWatchConfig, type WatchConfig } from '../../shared/config/watch.ts';
import type { Scope } from '../../shared/core/model.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { type DoctorReport, reportOn } from '../../shared/doctor/core/report.ts';
import { doctor } from '../../shared/doctor/doctor.ts';
import { endpointOf } from '../../shared/ecs/endpoint.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import { type Redact, redactedJson, redactor } from '../../shared/lib/secrets.ts';
import { suggestion } from '../../shared/lib/suggest.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { JournalError, MAX_LEASE_MS } from '../../shared/ports/journal.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import { tablestoreJournal, tablestoreReader } from '../../shared/tablestore/journal.ts';
import { tablestoreRawJournal } from '../../shared/tablestore/raw-journal.ts';
import { askEcs, type EcsAnswer, listRegions } from '../ask-ecs.ts';
import { remarksOn } from '../configure/remarks.ts';
import { withCredentials } from '../credentials.ts';
import { deploymentSettingsProblems } from '../deploy/settings.ts';
import { addressOfTablestore, whyNotReached } from '../reach.ts';
import { loadConfig } from '../watch-file/load.ts';
import { watchedBy } from '../watched-by.ts';
import { askIdentity } from './ask-identity.ts';
import { askView } from './ask-view.ts';
import { examineEcs, examineRegions, isRefusal } from './core/ecs.ts';
import {
  allChecks,
  type Check,
  facts,
  findings,
  NOTHING,
  type WorldFinding,
} from './core/finding.ts';
import { examineClock, examineIdentity, hasAnswered, isAboutKey } from './core/identity.ts';
import {
  configurationProblem,
  journalUnread,
  unreadVariable,
  watchListProblem,
} from './core/journal.ts';
import { isCutOff, onceForAll } from './core/network.ts';
import { examineEndpoint, examineProxies } from './core/settings.ts';
import { examineView } from './core/view.ts';
import { lookAtAccount } from './look-at-account.ts';
import { lookAtAddresses, sendTests } from './look-at-addresses.ts';
import { lookAtFunctions } from './look-at-functions.ts';
import { lookAtStore } from './look-at-store.ts';
import { type Looking, reachableIn } from './looking.ts';

export interface DoctorFlags {
  readonly isRepair: boolean;
  /** A marked test message into each channel. */
  readonly sendsTest: boolean;
}

/** What the doctor needs of the machine on which it runs. */
export interface DoctorWorld extends Pick<Looking, 'build'> {
  readonly environment: Environment;
  /** @throws {CredentialsError} */
  findCredentials(): Promise<Credentials>;
  readonly runtime: Runtime;
  /** Of this run; no tick has the same one. */
  readonly runId: string;
}

/** What the doctor has found out beside what is stored. */
export interface Others {
  readonly ecs: readonly EcsAnswer[];
  /** What is wrong with the stored list of what is watched; null: nothing. */
  readonly watchList: string | null;
  /** Variables of the view, as far as they are set here, that name what is not watched. */
  readonly viewProblems: readonly string[];
  /** Everything that is wrong around what is stored, those above included; problems come first. */
  readonly world: Check;
}

export type FullReport = DoctorReport & Others;

/** Long enough for a journal of hundreds of thousands of commits. */
const TIME_LIMIT_MS = 15 * 60 * 1000;

/**
 * Examines what is stored, and the world around it. What depends on something that is wrong already is
 * left out: a key that is refused by one service is refused by all.
 * @throws {ConfigError} when there is nothing to begin with
 */
export async function diagnose(flags: DoctorFlags, world: DoctorWorld): Promise<FullReport> {
  const { environment, runtime } = world;
  const {
    settings: { config, file },
    credentials,
  } = await withCredentials(() => loadConfig(environment, parseWatchConfig), world.findCredentials);
  const sessions = newSessions();
  const redactKnown = redactor([...config.secrets, ...Object.values(credentials)]);
  const redact: Redact = (text) => redactKnown(sessions.redact(text));
  const { build } = world;
  const looking: Looking = { environment, config, credentials, runtime, redact, build };

  const unreached = whyNotReached(addressOfTablestore(config));
  const [journal, around] = await Promise.all([
    unreached.then((reason) => readStored(flags, looking, world.runId, reason)),
    lookAround(flags, looking, unreached),
  ]);
  // What the watch function refuses has ended the doctor already.
  const settings = [...deploymentSettingsProblems(environment), ...journal.viewProblems];
  const { unread, watchList } = journal;
  const { key, isKeyGood, others } = around;
  const ecs = isKeyGood ? await askEcs(config, journal.scopes, { ...looking, sessions }) : [];
  const asked = ecsCheck(ecs, config, journal.scopes);
  const before = onceForAll(
    allChecks([
      findings(
        ...settings.map(configurationProblem),
        ...remarksOn(environment, variablesIn(file)).map(unreadVariable),
      ),
      key,
      findings(
        // A key that STS does not know is the reason for this, too.
        ...(unread === undefined || (!isKeyGood && unread.isAboutKey) ? [] : [unread.finding]),
        ...(watchList === null ? [] : [watchListProblem(watchList)]),
      ),
      examineEndpoint(config.tablestore, environment),
      asked.check,
      others,
    ]),
    [
      ...around.reached,
      ...asked.reached,
      ...((await unreached) === undefined ? [new URL(config.tablestore.endpoint).host] : []),
    ],
  );
  const proxies = examineProxies(environment, isCutOff(before));
  const all = problemsFirst(allChecks([before, proxies]));
  const count = all.findings.filter(({ level }) => level === 'problem').length;
  const { report, viewProblems } = journal;
  const whole: FullReport = {
    ...report,
    ok: report.ok && count === 0,
    problems: report.problems + count,
    ecs,
    watchList,
    viewProblems,
    world: all,
  };
  return JSON.parse(redactedJson(whole, redact)) as FullReport;
}

function problemsFirst({ findings: found, facts: known }: Check): Check {
  const isProblem = ({ level }: WorldFinding): boolean => level === 'problem';
  return {
    findings: [...found.filter(isProblem), ...found.filter((each) => !isProblem(each))],
    facts: known,
  };
}

interface Stored {
  readonly report: DoctorReport;
  readonly scopes: readonly Scope[];
  readonly watchList: string | null;
  readonly viewProblems: readonly string[];
  /** Why the journal could not be read; absent: it could. */
  readonly unread?: Unread;
}

interface Unread {
  readonly finding: WorldFinding;
  /** Tablestore does not know the key, or not for this instance. */
  readonly isAboutKey: boolean;
}

async function readStored(
  { isRepair }: DoctorFlags,
  looking: Looking,
  runId: string,
  unreached: string | undefined,
): Promise<Stored> {
  const { config, environment, runtime } = looking;
  if (unreached !== undefined) return nothingRead(looking, 'tablestore-unreached', unreached);
  const options = {
    ...config.tablestore,
    ...looking,
    deadlineMs: runtime.now() + TIME_LIMIT_MS,
  };
  try {
    // It makes no tables, as the journal of a tick would.
    const watched = await watchedBy(tablestoreReader(options), config);
    const viewProblems: string[] = [];
    refuseUnwatched(variableReader(environment, viewProblems), config.targets, watched.scopes);
    const report = await doctor(
      { rows: tablestoreRawJournal(options), repair: tablestoreJournal(options), now: runtime.now },
      {
        scopes: watched.scopes,
        channels: config.channels.map(({ name }) => name),
        isRepair,
        healthLimits: config.healthLimits,
        runId,
      },
    );
    return { report, scopes: watched.scopes, watchList: watched.problem, viewProblems };
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return nothingRead(looking, 'journal-unread', reasonOf(error), error.code);
  }
}

function nothingRead(
  { config, runtime }: Looking,
  kind: string,
  reason: string,
  code?: string,
): Stored {
  const { host } = new URL(config.tablestore.endpoint);
  const nothing = { atMs: runtime.now(), scopes: [], channels: [] };
  return {
    report: reportOn(nothing, [], MAX_LEASE_MS),
    scopes: listedScopes(config.targets),
    watchList: null,
    viewProblems: [],
    unread: {
      finding: journalUnread(kind, reason, host),
      isAboutKey: code === 'OTSAuthFailed',
    },
  };
}

interface Around {
  readonly key: Check;
  readonly isKeyGood: boolean;
  readonly others: Check;
  /** Hosts that have answered. */
  readonly reached: readonly string[];
}

/** Everything but the journal and ECS. `unreached`: why Tablestore is not reached. */
async function lookAround(
  { sendsTest }: DoctorFlags,
  looking: Looking,
  unreached: Promise<string | undefined>,
): Promise<Around> {
  const reachable = reachableIn(looking);
  const addresses = Promise.all([
    lookAtAddresses(looking),
    sendsTest ? sendTests(looking) : NOTHING,
  ]);
  const identity = reachable.sts ? await askIdentity(looking) : undefined;
  const isKeyGood = !isAboutKey(identity?.code);
  const isStoreReached = (await unreached) === undefined;
  const isAnswered = identity !== undefined && hasAnswered(identity);
  // Without a network, each further question would fail for the same reason.
  const isAsking = isKeyGood && (isStoreReached || identity === undefined || isAnswered);
  const [store, regions, services, [posts, sent]] = await Promise.all([
    isAsking ? lookAtStore(looking, isStoreReached) : NOTHING,
    isAsking ? lookAtRegions(looking) : NOTHING,
    isAsking ? lookAtServices(looking) : NOTHING,
    addresses,
  ]);
  const about = identity === undefined ? [] : [examineClock(identity), examineIdentity(identity)];
  const refused = isKeyGood
    ? NOTHING
    : facts('The key is refused: nothing else was asked with it.');
  return {
    key: allChecks(about),
    isKeyGood,
    others: allChecks([store, regions, posts.check, sent, services, refused]),
    reached: [...posts.reached, ...(isAnswered ? [identity.host] : [])],
  };
}

async function lookAtRegions({ config, ...asking }: Looking): Promise<Check> {
  const { targets, roles } = config;
  const own = targets.filter(({ account }) => !roles.has(account));
  const watched = listedScopes(own).map(({ regionId }) => regionId);
  const [{ account } = { account: undefined }] = own;
  if (account === undefined || watched.length === 0) return NOTHING;
  const listing = await listRegions(account, config, asking);
  return examineRegions([...new Set(watched)], listing, suggestion);
}

/** What is deployed, and what the account has for it. */
async function lookAtServices(looking: Looking): Promise<Check> {
  const { environment } = looking;
  const reachable = reachableIn(looking);
  const functions = reachable.functions
    ? await lookAtFunctions(looking)
    : { check: NOTHING, areDeployed: false };
  const [account, view] = await Promise.all([
    reachable.account ? lookAtAccount(looking, functions.areDeployed) : NOTHING,
    lookAtView(environment.VIEW_URL || functions.viewUrl),
  ]);
  return allChecks([account, functions.check, view]);
}

async function lookAtView(url: string | undefined): Promise<Check> {
  return url === undefined ? NOTHING : examineView(url, await askView(url));
}

function ecsCheck(
  answers: readonly EcsAnswer[],
  { ecsEndpoint, roles }: WatchConfig,
  scopes: readonly Scope[],
): { readonly check: Check; readonly reached: readonly string[] } {
  const regionOf = new Map(scopes.map(({ key, regionId }) => [key, regionId]));
  const hostOf = ({ scope }: EcsAnswer): string =>
    endpointOf(regionOf.get(scope) ?? LISTING_REGION, ecsEndpoint).host;
  const problems = answers.flatMap((answer) => {
    const { scope, problem } = answer;
    if (problem === null) return [];
    const isOfMember = roles.has(scope.split('/', 1)[0] ?? '');
    return [{ scope, problem, isOfMember, ...(!scope.endsWith('/*') && { host: hostOf(answer) }) }];
  });
  const isReached = ({ problem }: EcsAnswer): boolean => problem === null || isRefusal(problem);
  return {
    check: examineEcs(problems, answers.length - problems.length),
    reached: answers.filter(isReached).map(hostOf),
  };
}

/** Any endpoint lists all regions. Source: ECS "DescribeRegions". */
const LISTING_REGION = 'cn-hangzhou';
