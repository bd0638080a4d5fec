import { matchesGlob } from '../../../core/glob.ts';
import type { Change, Commit, Notice } from '../../../core/model.ts';
import { own } from '../../../core/own.ts';
import { accountAndRegionIn } from '../../../core/target.ts';
import { cleanText } from '../../../core/text.ts';
import { RELEASED, type SeverityOverrides, severityOf } from '../news/severity.ts';

/** Where changes and notices of one sort go. */
export interface Route {
  /** As the file calls it, or `routes[2]`. */
  readonly name: string;
  readonly match: Match;
  /** Names of channels; empty: what the route takes is recorded, and sent nowhere. */
  readonly channels: readonly string[];
  /** Also what the route takes is shown to the routes after it. */
  readonly isContinued?: true;
  /** People of the table, or ids in the receiver's own terms: they are mentioned in messages of this route. */
  readonly mentions?: readonly string[];
  /** What a status means to the people of this route. */
  readonly severities?: SeverityOverrides;
}

/**
 * What a route takes: that of which every field given here is known and has the form of one of its
 * globs. Without any field, it is everything.
 */
export interface Match extends Readonly<Partial<Record<MatchField, readonly string[]>>> {
  /** Key of a tag → globs of its value. */
  readonly tag?: Readonly<Record<string, readonly string[]>>;
}

export const MATCH_FIELDS = [
  'account',
  'region',
  'zone',
  'resourceGroup',
  'name',
  'from',
  'to',
  'severity',
  'notice',
] as const;
export type MatchField = (typeof MATCH_FIELDS)[number];

/** What is routed: one change, or one notice, of a scope. */
export interface Subject {
  readonly scope: string;
  readonly change?: Change;
  readonly notice?: Notice;
}

/** What comes before an instance's first status. */
export const NEW = 'new';
export const RETURNED = 'returned';

/**
 * What no route takes, or only continued ones, goes to every channel: neither a route that was forgotten
 * nor one that sends copies may silence anything.
 */
export const DEFAULT_ROUTE = 'default';

/** One route, and what it makes of a subject. */
export interface Step {
  readonly route: string;
  readonly takes: boolean;
  /** What does not fit, or what the route has fitted by. */
  readonly why: string;
}

export interface Routing {
  /** The routes that take the subject, in their order. Where all are continued, every channel gets it. */
  readonly routes: readonly Route[];
  /** One step for each route that was asked. */
  readonly steps: readonly Step[];
}

/**
 * Which routes take a change or a notice: as in Alertmanager, the first one that fits, and those
 * after it as long as each says that it is continued.
 */
export function routesFor(subject: Subject, routes: readonly Route[]): Routing {
  const taking: Route[] = [];
  const steps: Step[] = [];
  for (const route of routes) {
    const misfit = misfitOf(subject, route);
    const { name, match } = route;
    steps.push({ route: name, takes: misfit === null, why: misfit ?? wordsOf(match) });
    if (misfit !== null) continue;
    taking.push(route);
    if (route.isContinued !== true) break;
  }
  return { routes: taking, steps };
}

/** The route by which a channel gets a subject; `null`: it does not get it. */
export function routeTo(
  { routes }: Pick<Routing, 'routes'>,
  channel: string,
): Route | typeof DEFAULT_ROUTE | null {
  const own = routes.find(({ channels }) => channels.includes(channel));
  const isTaken = routes.some(({ isContinued }) => isContinued !== true);
  return own ?? (isTaken ? null : DEFAULT_ROUTE);
}

/** What is routed of a commit; the instances of a baseline are announced by its notice. */
export function subjectsOf({ scope, changes, notice }: Commit): readonly Subject[] {
  return notice === undefined ? changes.map((change) => ({ scope, change })) : [{ scope, notice }];
}

/** Why a route does not take a subject; null: it does. */
function misfitOf(subject: Subject, { match, channels, severities }: Route): string | null {
  // A route that drops what auto scaling does must not drop the notice that its region is not seen.
  if (subject.notice !== undefined && channels.length === 0 && match.notice === undefined) {
    return 'to drop a notice, a route names its kind';
  }
  const facts = factsOf(subject, severities);
  for (const field of MATCH_FIELDS) {
    const misfit = match[field] && misfitOfValue(field, facts[field], match[field]);
    if (misfit) return misfit;
  }
  for (const [key, globs] of Object.entries(match.tag ?? {})) {
    const value = own(subject.change?.tags ?? {}, key);
    const misfit = misfitOfValue(`tag ${cleanText(key)}`, value, globs);
    if (misfit !== null) return misfit;
  }
  return null;
}

function misfitOfValue(
  field: string,
  value: string | undefined,
  globs: readonly string[],
): string | null {
  if (value === undefined) return `${field} is not known`;
  if (globs.some((glob) => matchesGlob(glob, value))) return null;
  return `${field} is ${cleanText(value)}, not ${globs.join(' or ')}`;
}

/** What is known of a subject. What is not known fits no glob, not even `*`. */
function factsOf(
  { scope, change, notice }: Subject,
  severities: SeverityOverrides | undefined,
): Readonly<Partial<Record<MatchField, string | undefined>>> {
  const { account, regionId: region } = accountAndRegionIn(scope);
  if (notice !== undefined) {
    const kind = notice.kind === 'unknown' ? notice.name : notice.kind;
    return { account: 'account' in notice ? notice.account : account, region, notice: kind };
  }
  if (change === undefined) return { account, region };
  return {
    account,
    region,
    zone: change.zoneId,
    resourceGroup: change.resourceGroupId,
    name: change.name,
    from: change.returned ? RETURNED : (change.from ?? NEW),
    to: change.to ?? RELEASED,
    severity: severityOf(change, severities),
  };
}

/** `name web-*, tag env prod* or staging`. */
function wordsOf({ tag = {}, ...match }: Match): string {
  const fields = MATCH_FIELDS.flatMap((field) => {
    const globs = match[field];
    return globs === undefined ? [] : [`${field} ${globs.join(' or ')}`];
  });
  const tags = Object.entries(tag).map(([key, globs]) => `tag ${key} ${globs.join(' or ')}`);
  const words = [...fields, ...tags];
  return words.length === 0 ? 'everything' : words.join(', ');
}
