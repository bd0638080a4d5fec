import { CHANNEL_KINDS, canMention, findKind } from '../../shared/channels/index.ts';
import { type FileSetting, isAddressRule, isHostOf } from '../../shared/channels/kind.ts';
import { shapeOf } from '../../shared/config/channels.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { variableIn, variablesInTree } from '../../shared/config/file-values.ts';
import { SEVERITIES } from '../../shared/core/message.ts';
import { NOTICE_KINDS } from '../../shared/core/notice-text.ts';
import { own } from '../../shared/core/own.ts';
import { KNOWN_STATUSES, RELEASED } from '../../shared/delivery/core/news/severity.ts';
import { DEFAULT_ROUTE, NEW, RETURNED } from '../../shared/delivery/core/policy/routes.ts';
import { refusalOf } from '../../shared/lib/shape.ts';
import { suggestion } from '../../shared/lib/suggest.ts';
import type { Tree } from '../../shared/lib/tree.ts';
import { localTimeIn } from './delivery.ts';
import { isPersonId } from './delivery-schema.ts';
import type { FileProblem } from './problem.ts';

type Fields = Readonly<Record<string, unknown>>;
type Path = FileProblem['path'];

/**
 * What is wrong with channels, routes, mutes and fallbacks together. With an environment, the values of the
 * variables that channels refer to are checked as well.
 */
export function deliveryProblems(file: Fields, environment?: Environment): readonly FileProblem[] {
  const listIn = (name: string): readonly Fields[] => {
    const list = file[name];
    return Array.isArray(list) ? list.map(fieldsOf) : [];
  };
  const channels = listIn('channels');
  const routes = listIn('routes');
  const mutes = listIn('mutes');
  const fallbacks = listIn('fallbacks');
  const kinds = CHANNEL_KINDS.map(({ kind }) => kind);
  const named = channels.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const routeNames = routes.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  return [
    ...doubles(channels, 'channels'),
    ...doubles(routes, 'routes'),
    ...doubles(mutes, 'mutes'),
    ...channels.flatMap((entry, index) => channelProblems(entry, ['channels', index], environment)),
    ...routes.flatMap((entry, index) => [
      ...unknownNames(entry, 'channels', ['routes', index], [...named, ...kinds], 'a channel'),
      ...(entry.continue === true && isNone(entry.channels)
        ? [{ path: ['routes', index, 'continue'], words: 'is for a route that sends something' }]
        : []),
      ...statusProblems(entry, ['routes', index]),
      ...strangers(entry, ['routes', index], fieldsOf(file.people)),
      ...(isNone(entry.channels) && entry.mentions !== undefined
        ? [{ path: ['routes', index, 'mentions'], words: 'is for a route that sends something' }]
        : unmentioned(entry, ['routes', index], file, reachOf(entry, channels, fallbacks))),
    ]),
    ...idProblems(fieldsOf(file.people)),
    ...mutes.flatMap((entry, index) => [
      ...unknownNames(entry, 'channels', ['mutes', index], [...named, ...kinds], 'a channel'),
      ...unknownNames(entry, 'routes', ['mutes', index], [...routeNames, DEFAULT_ROUTE], 'a route'),
      ...endpoints(entry, ['mutes', index], channels),
      ...timeProblems(entry, ['mutes', index]),
    ]),
    ...fallbacks.flatMap((entry, index) => [
      ...['channel', 'to'].flatMap((setting) =>
        unknownNames(
          entry,
          setting,
          ['fallbacks', index],
          [...named, ...kinds],
          'a channel',
        ).concat(
          noChat(
            entry[setting],
            ['fallbacks', index, setting],
            channels,
            'have a fallback, or are one',
          ),
        ),
      ),
      ...fallbackProblems(entry, index, fallbacks),
      ...sameReceiver(entry, index, channels),
    ]),
    ...reserveProblems(routes, 'routes', fallbacks),
    ...reserveProblems(mutes, 'mutes', fallbacks),
  ];
}

/** A fallback of a fallback, or one of itself, would leave messages without any receiver. */
function fallbackProblems(
  { channel, to }: Fields,
  index: number,
  all: readonly Fields[],
): readonly FileProblem[] {
  const path: Path = ['fallbacks', index];
  const first = all.findIndex((other) => other.channel === channel);
  const isBoth = all.some((other) => other.to === channel);
  return [
    ...(first < index
      ? [{ path: [...path, 'channel'], words: `is the channel of fallbacks[${first}] too` }]
      : []),
    ...(channel === to ? [{ path: [...path, 'to'], words: 'is the channel itself' }] : []),
    ...(channel !== to && isBoth
      ? [{ path: [...path, 'channel'], words: 'is a fallback, which has none itself' }]
      : []),
  ];
}

/** A second name of the same receiver fails with the first one. */
function sameReceiver(
  { channel, to }: Fields,
  index: number,
  channels: readonly Fields[],
): readonly FileProblem[] {
  const [one, other] = [channel, to].map((name) => receiverOf(channels, name));
  if (channel === to || one === undefined || one !== other) return [];
  const words = `is the receiver of ${channel} under another name, and would fail with it`;
  return [{ path: ['fallbacks', index, 'to'], words }];
}

/** What the file says of where a channel is; undefined: nothing, as of one of the variables. */
function receiverOf(channels: readonly Fields[], name: unknown): string | undefined {
  const entry = channels.find((each) => each.name === name);
  const { variables = {}, fileSettings = {} } = findKind(entry?.kind) ?? {};
  const addresses = Object.entries(variables)
    .filter(([, { rule }]) => isAddressRule(rule))
    .flatMap(([setting]) => (typeof entry?.[setting] === 'string' ? [entry[setting]] : []));
  // A service may have one address for all its chats: which one it is, the message itself says.
  const sent = Object.keys(fileSettings)
    .filter((setting) => fileSettings[setting]?.mayRefer === true)
    .map((setting) => entry?.[setting]);
  return addresses.length === 0 ? undefined : JSON.stringify([entry?.kind, addresses, sent]);
}

/** Its own news would stand beside that of another channel, twice where both are sent it. */
function reserveProblems(
  entries: readonly Fields[],
  list: 'routes' | 'mutes',
  fallbacks: readonly Fields[],
): readonly FileProblem[] {
  return entries.flatMap(({ channels }, place) =>
    [channels].flat().flatMap((name, index) => {
      // One of itself is a problem already.
      const other = fallbacks.find(
        ({ channel, to }) => to === name && channel !== to && typeof name === 'string',
      );
      if (other === undefined) return [];
      const at = Array.isArray(channels) ? ['channels', index] : ['channels'];
      const words = `is the fallback of ${other.channel}, and is sent nothing else: give the fallback a name of its own under channels`;
      return [{ path: [list, place, ...at], words }];
    }),
  );
}

/** A name that can be no id, and that the table does not have. */
function strangers({ mentions }: Fields, path: Path, people: Fields): readonly FileProblem[] {
  const named = Array.isArray(mentions) ? mentions : [mentions];
  return named.flatMap((name, index) => {
    if (typeof name !== 'string' || Object.hasOwn(people, name) || isPersonId(name)) return [];
    const place = Array.isArray(mentions) ? [...path, 'mentions', index] : [...path, 'mentions'];
    return [
      { path: place, words: `is no person of people${suggestion(name, Object.keys(people))}` },
    ];
  });
}

/** The kinds of the channels of a route, and of what takes over from them. */
function reachOf(
  { channels }: Fields,
  known: readonly Fields[],
  fallbacks: readonly Fields[],
): readonly { readonly kind: string; readonly of: string }[] {
  const kindOf = (name: unknown): string =>
    String(known.find((each) => each.name === name)?.kind ?? name);
  return [channels].flat().flatMap((name) => {
    const of = kindOf(name);
    const others = fallbacks.filter(({ channel }) => channel === name);
    return [{ kind: of, of }, ...others.map(({ to }) => ({ kind: kindOf(to), of }))];
  });
}

/** People that no channel of the route could mention: the route would promise what never happens. */
function unmentioned(
  { mentions }: Fields,
  path: Path,
  { people }: Fields,
  reach: readonly { readonly kind: string; readonly of: string }[],
): readonly FileProblem[] {
  // Kinds that are unknown are problems by themselves.
  if (reach.some(({ kind }) => findKind(kind) === undefined)) return [];
  const idAt = (name: string, { kind, of }: (typeof reach)[number]): unknown => {
    const person = own(fieldsOf(people), name);
    return person === undefined ? of === kind && name : fieldsOf(person)[kind];
  };
  return [mentions].flat().flatMap((name, index) => {
    if (typeof name !== 'string' || (!Object.hasOwn(fieldsOf(people), name) && !isPersonId(name)))
      return [];
    const isReached = reach.some((each) => {
      const id = idAt(name, each);
      return typeof id === 'string' && canMention(each.kind, id);
    });
    const at = Array.isArray(mentions) ? ['mentions', index] : ['mentions'];
    const words = `is mentioned by none of the channels of this route: ${wayTo(name, reach, fieldsOf(people))}`;
    return isReached ? [] : [{ path: [...path, ...at], words }];
  });
}

/** How a person could be mentioned, or why no one can be. */
function wayTo(name: string, reach: readonly { readonly kind: string }[], people: Fields): string {
  const kinds = [...new Set(reach.map(({ kind }) => kind))].filter(
    (kind) => findKind(kind)?.mentions !== undefined,
  );
  if (kinds.length === 0) return 'they can mention no one';
  const ids = `an id at ${kinds.join(' or ')}`;
  return Object.hasOwn(people, name) ? `give people.${name} ${ids}` : `it is not ${ids}`;
}

/** Ids by which a kind can mention no one. */
function idProblems(people: Fields): readonly FileProblem[] {
  return Object.entries(people).flatMap(([name, ids]) =>
    Object.entries(fieldsOf(ids)).flatMap(([kind, id]) => {
      const known = findKind(kind);
      if (known === undefined || typeof id !== 'string' || !isPersonId(id)) return [];
      const { mentions } = known;
      const path = ['people', name, kind];
      if (mentions === undefined)
        return [{ path, words: 'is for nothing: such a channel mentions no one', isSetting: true }];
      return canMention(kind, id) ? [] : [{ path, words: `is not ${mentions.ids}` }];
    }),
  );
}

function isNone(channels: unknown): boolean {
  return channels === 'none' || (Array.isArray(channels) && channels.length === 0);
}

function channelProblems(entry: Fields, path: Path, environment?: Environment): FileProblem[] {
  const { kind, name, settling, quota, ...settings } = entry;
  if (typeof kind !== 'string') return [];
  const known = findKind(kind);
  if (known === undefined) {
    const kinds = CHANNEL_KINDS.map((each) => each.kind);
    const words = `is no kind of channel${suggestion(kind, kinds) || `; there are ${kinds.join(', ')}`}`;
    return [{ path: [...path, 'kind'], words }];
  }
  const { variables, style, fileSettings = {} } = known;
  const all = [
    ...Object.keys(variables),
    ...Object.keys(fileSettings),
    ...(style === 'digest' ? ['settling', 'quota'] : []),
  ];
  const problems: FileProblem[] = [];
  for (const [setting, value] of Object.entries({ settling, quota })) {
    const words = 'is for chats: all others get what happens at once';
    if (value !== undefined && style !== 'digest')
      problems.push({ path: [...path, setting], words, isSetting: true });
  }
  for (const [setting, value] of Object.entries(settings)) {
    const refuse = (words: string): number => problems.push({ path: [...path, setting], words });
    if (Object.hasOwn(fileSettings, setting)) {
      problems.push(...treeProblems(value, fileSettings[setting], [...path, setting], environment));
      continue;
    }
    const variable = Object.hasOwn(variables, setting) ? variables[setting] : undefined;
    if (variable === undefined) {
      const words = `is no setting of ${kind}${suggestion(setting, all) || `; there are ${all.join(', ')}`}`;
      problems.push({ path: [...path, setting], words, isSetting: true });
    } else if (typeof value !== 'string') {
      refuse('is not a text: put it in quotes');
    } else if (variableIn(value) === undefined && variable.isSecret) {
      refuse(
        `is a secret, which must not be in a file: put it in a variable and write \${env:NAME}`,
      );
    } else {
      const words = valueProblem(value, setting, kind, environment);
      if (words !== null) refuse(words);
    }
  }
  for (const [setting, { isRequired }] of Object.entries(variables)) {
    if (isRequired && settings[setting] === undefined)
      problems.push({ path: [...path, setting], words: 'is missing' });
  }
  const together = known.problemsTogether?.(settings) ?? [];
  const whose = typeof name === 'string' ? ` (channel ${name})` : '';
  const named = together.map(({ path: within, words }) => ({
    path: [...path, ...within],
    words: `${words}${whose}`,
    isSetting: true as const,
  }));
  return [...problems, ...named];
}

/** What is wrong with a setting that only the file has, and with the variables that it refers to. */
function treeProblems(
  value: unknown,
  setting: FileSetting | undefined,
  path: Path,
  environment: Environment | undefined,
): readonly FileProblem[] {
  if (value === null || value === undefined) return [{ path, words: 'is missing' }];
  const tree = value as Tree;
  const problems = (setting?.problemsOf(tree) ?? []).map(({ path: within, words }) => ({
    path: [...path, ...within],
    words,
  }));
  const names = variablesInTree(tree);
  if (names.length > 0 && setting?.mayRefer !== true)
    return [...problems, { path, words: 'cannot refer to a variable' }];
  const unset = names.filter((name) => environment !== undefined && !environment[name]?.trim());
  return [
    ...problems,
    ...[...new Set(unset)].map((name) => ({ path, words: `refers to ${name}, which is not set` })),
  ];
}

/** What is wrong with a value, which is a secret and is not named; null: nothing that is known here. */
function valueProblem(
  text: string,
  setting: string,
  kind: string,
  environment: Environment | undefined,
): string | null {
  const variable = variableIn(text);
  if (variable !== undefined && environment === undefined) return null;
  const value = variable === undefined ? text : environment?.[variable]?.trim();
  if (variable === undefined && value === '') return 'is empty: leave it out';
  if (value === undefined || value === '') return `refers to ${variable}, which is not set`;
  const rule = findKind(kind)?.variables[setting]?.rule;
  const allowed = shapeOf(rule, environment?.WEBHOOK_ALLOW_PRIVATE?.trim() === 'true');
  if (allowed === undefined || allowed.allows(value)) return null;
  const other = kindOfHost(value);
  const hint = other === undefined || other === kind ? '' : `: it is one of ${other}`;
  return `${variable === undefined ? '' : `refers to ${variable}, which `}${refusalOf(allowed, value)}${hint}`;
}

/** The kind whose service has the host of an address. */
function kindOfHost(address: string): string | undefined {
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  return CHANNEL_KINDS.find(({ variables }) =>
    Object.values(variables).some(({ rule }) => isAddressRule(rule) && isHostOf(rule, host)),
  )?.kind;
}

function doubles(entries: readonly Fields[], list: string): readonly FileProblem[] {
  const names = entries.map(({ name }) => name);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    return [{ path: [list, index, 'name'], words: `is the name of ${list}[${first}] too` }];
  });
}

function unknownNames(
  entry: Fields,
  setting: string,
  path: Path,
  known: readonly string[],
  what: string,
): readonly FileProblem[] {
  const value = entry[setting];
  const isOne = typeof value === 'string';
  const names: readonly unknown[] = isOne ? [value] : Array.isArray(value) ? value : [];
  return names.flatMap((name, index) => {
    const isNone = isOne && value === 'none' && path[0] === 'routes';
    if (typeof name !== 'string' || isNone || known.includes(name)) return [];
    const at = isOne ? [...path, setting] : [...path, setting, index];
    const meant = suggestion(name, known) || `; there are ${[...new Set(known)].join(', ')}`;
    return [{ path: at, words: `names ${what} that there is not${meant}` }];
  });
}

/** Programs get every event as it is. */
function endpoints(entry: Fields, path: Path, channels: readonly Fields[]): readonly FileProblem[] {
  const names = [entry.channels].flat();
  return names.flatMap((name, index) => {
    const at = Array.isArray(entry.channels) ? [...path, 'channels', index] : [...path, 'channels'];
    return noChat(name, at, channels, 'are muted');
  });
}

function noChat(
  name: unknown,
  path: Path,
  channels: readonly Fields[],
  what: string,
): readonly FileProblem[] {
  const kind = channels.find((each) => each.name === name)?.kind ?? name;
  const style = findKind(kind)?.style;
  const isNoChat = style !== undefined && style !== 'digest';
  return isNoChat ? [{ path, words: `is no chat: only chats ${what}` }] : [];
}

function timeProblems(entry: Fields, path: Path): readonly FileProblem[] {
  const { weekly, periods } = entry;
  if (weekly === undefined && periods === undefined) {
    return [{ path, words: 'has neither weekly nor periods' }];
  }
  const list = Array.isArray(periods) ? periods.map(fieldsOf) : [];
  const late = list.flatMap(({ from, to }, index) =>
    typeof from === 'string' && typeof to === 'string' && minutesIn(to) <= minutesIn(from)
      ? [{ path: [...path, 'periods', index, 'to'], words: 'is not later than from' }]
      : [],
  );
  const times = Array.isArray(weekly) ? weekly.map(fieldsOf) : [];
  const empty = times.flatMap(({ from, to }, index) =>
    typeof from === 'string' && from === to
      ? [
          {
            path: [...path, 'weekly', index, 'to'],
            words: 'is the same as from: leave out both for a day',
          },
        ]
      : [],
  );
  return [...late, ...empty];
}

/** For comparing; `NaN`: it is no time, which is a problem by itself. */
function minutesIn(localTime: string): number {
  const { day, minutes } = localTimeIn(localTime);
  return day * 24 * 60 + minutes;
}

const FROM_STATUSES = [...KNOWN_STATUSES.filter((status) => status !== RELEASED), NEW, RETURNED];

/** Statuses that look like slips. Others are allowed: ECS may have them one day. */
function statusProblems({ match, severity }: Fields, path: Path): readonly FileProblem[] {
  const { from, to, severity: severities, notice } = fieldsOf(match);
  return [
    ...unknownWords(severities, SEVERITIES, [...path, 'match', 'severity'], 'severity'),
    ...unknownWords(notice, NOTICE_KINDS, [...path, 'match', 'notice'], 'kind of notice'),
    ...Object.keys(fieldsOf(severity)).flatMap((status) =>
      slipOf(status, KNOWN_STATUSES, [...path, 'severity', status]).map((problem) => ({
        ...problem,
        isSetting: true as const,
      })),
    ),
    ...globSlips(from, FROM_STATUSES, [...path, 'match', 'from']),
    ...globSlips(to, KNOWN_STATUSES, [...path, 'match', 'to']),
  ];
}

function globSlips(globs: unknown, known: readonly string[], path: Path): readonly FileProblem[] {
  if (!Array.isArray(globs)) return slipOf(globs, known, path);
  return globs.flatMap((glob, index) => slipOf(glob, known, [...path, index]));
}

/** All of these are ours: another one is a slip. */
function unknownWords(
  globs: unknown,
  known: readonly string[],
  path: Path,
  what: string,
): readonly FileProblem[] {
  return [globs].flat().flatMap((glob, index) => {
    if (typeof glob !== 'string' || glob.includes('*') || known.includes(glob)) return [];
    const words = `is no ${what}${suggestion(glob, known) || `; there are ${known.join(', ')}`}`;
    return [{ path: Array.isArray(globs) ? [...path, index] : path, words }];
  });
}

function slipOf(status: unknown, known: readonly string[], path: Path): readonly FileProblem[] {
  if (typeof status !== 'string' || status.includes('*') || known.includes(status)) return [];
  const meant = suggestion(status, known);
  return meant === '' ? [] : [{ path, words: `is no known status${meant}` }];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
