import { readFileSync, statSync } from 'node:fs';
import { type Document, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { targetOf } from '../../shared/config/targets.ts';
import type { FileAccount, WatchFile } from '../../shared/config/watch-file.ts';
import { nearestTo, suggestion } from '../../shared/lib/suggest.ts';
import { channelOf, rulesOf } from './delivery.ts';
import { problemsTogether } from './entries.ts';
import type { FileProblem } from './problem.ts';
import { type Entry, FILE, settingsAt, withMeantSettings } from './schema.ts';
import { MISSING } from './schema-kit.ts';

/** Hundreds of accounts have less. */
const MAX_FILE_BYTES = 256 * 1024;

/**
 * The file that WATCH_CONFIG names; undefined when it names none. With `values`, what its channels
 * refer to is checked as well.
 * @throws {ConfigError} naming every problem with its line and column
 */
export function readWatchFile(
  { WATCH_CONFIG }: Environment,
  values?: Environment,
): WatchFile | undefined {
  const path = WATCH_CONFIG?.trim() ?? '';
  return path === '' ? undefined : parseWatchFile(textOf(path), path, values);
}

function textOf(path: string): string {
  try {
    if (statSync(path).size <= MAX_FILE_BYTES) return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? ': there is no such file' : '';
    throw new ConfigError([`WATCH_CONFIG: ${path} cannot be read (${code})${why}`]);
  }
  throw new ConfigError([`WATCH_CONFIG: ${path} has more than ${MAX_FILE_BYTES} bytes`]);
}

/** The text of such a file, checked. `name` stands in the problems. */
export function parseWatchFile(text: string, name: string, values?: Environment): WatchFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const broken = document.errors.map(({ code, pos: [offset] }) => {
    return `${at(offset)} ${YAML_PROBLEMS[code] ?? `is no valid YAML here (${code})`}`;
  });
  if (broken.length > 0) throw new ConfigError(broken);
  const value = contentOf(document, name);
  const { data, error } = FILE.safeParse(value);
  const problems = [
    ...withoutMeant((error?.issues ?? []).flatMap(problemsIn)),
    ...problemsTogether(withMeantSettings(value), values),
  ];
  if (problems.length > 0 || data === undefined) {
    const shown = problems.slice(0, MAX_PROBLEMS);
    const placed = shown.map((problem) => ({ problem, offset: offsetOf(document, problem) }));
    placed.sort((one, other) => one.offset - other.offset);
    const left = problems.length - shown.length;
    throw new ConfigError([
      ...placed.map(
        ({ problem: { path, words }, offset }) => `${at(offset)} ${wordsOf(path)} ${words}`,
      ),
      ...(left > 0 ? [`${name} has ${left} problems more`] : []),
    ]);
  }
  const { accounts = [], channels, heartbeat } = data;
  const { routes = [], mutes = [], fallbacks = [], people } = data;
  const rules = rulesOf(routes, mutes, fallbacks, people);
  return {
    accounts: accounts.map(accountOf),
    ...(channels && { channels: channels.map(channelOf) }),
    ...(rules && { rules }),
    ...(heartbeat && { heartbeat }),
  };
}

/** What the parser finds most often. Its other findings keep their code. */
const YAML_PROBLEMS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'is indented by another width than its neighbours',
  TAB_AS_INDENT: 'is indented with a tab: use spaces',
  DUPLICATE_KEY: 'is a setting that is given twice',
  MULTILINE_IMPLICIT_KEY: 'begins a setting that has no colon',
  MISSING_CHAR: 'misses a character, such as a closing quote or bracket',
  MULTIPLE_DOCS: 'begins a second document: one file holds one',
};

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function problemsIn({ code, path, message, keys = [] }: Issue): readonly FileProblem[] {
  const way = path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (code !== 'unrecognized_keys') return [{ path: way, words: message }];
  const known = settingsAt(way);
  return keys.map((key) => {
    const meant = nearestTo(key, known);
    return {
      path: [...way, key],
      words: `is no setting${suggestion(key, known) || `; there are ${known.join(', ')}`}`,
      isSetting: true,
      ...(meant !== undefined && { meant }),
    };
  });
}

/** A setting that is misspelt is not missing as well. */
function withoutMeant(problems: readonly FileProblem[]): readonly FileProblem[] {
  const meant = problems.flatMap(({ path, meant }) =>
    meant === undefined ? [] : [JSON.stringify([...path.slice(0, -1), meant])],
  );
  return problems.filter(
    ({ path, words }) => words !== MISSING || !meant.includes(JSON.stringify(path)),
  );
}

/** `accounts[1].roleArn`. */
function wordsOf(path: FileProblem['path']): string {
  const words = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return words === '' ? 'the file' : words.replace(/^\./u, '');
}

/** More would help no reader, and finding the place of each takes time. */
const MAX_PROBLEMS = 100;

/** An alias may name no anchor, or unfold to more than any file has to say. */
function contentOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigError([`${name} cannot be read: ${error.message}`]);
  }
}

/** Where in the text a problem is: at the value, else at the nearest thing around it. */
function offsetOf(document: Document, { path, isSetting }: FileProblem): number {
  const parent = document.getIn(path.slice(0, -1), true);
  if (isSetting) {
    let offset: number | undefined;
    const last = path.at(-1);
    if (isNode(parent)) {
      visit(parent, {
        Pair(_, { key }) {
          if (isScalar(key) && key.value === last) offset ??= key.range?.[0];
        },
      });
    }
    if (offset !== undefined) return offset;
  }
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && !isPair(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function accountOf(entry: Entry): FileAccount {
  const { alias, regions, allow, deny, zone, cluster, instanceIds, roleArn, externalId } = entry;
  const filters = {
    ...(zone !== undefined && { zoneId: zone }),
    ...(cluster !== undefined && { clusterId: cluster }),
    ...(instanceIds !== undefined && { instanceIds: [...new Set(instanceIds)] }),
  };
  return {
    ...targetOf(alias, regions === 'all' ? regions : [...new Set(regions)], filters),
    ...(allow !== undefined && { allow }),
    ...(deny !== undefined && { deny }),
    isOwn: roleArn === undefined,
    ...(roleArn !== undefined && {
      role: { arn: roleArn, ...(externalId !== undefined && { externalId }) },
    }),
  };
}
