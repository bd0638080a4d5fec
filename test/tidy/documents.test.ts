import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { blocksIn, codeIn, filesLike, textOf } from '../helpers/documents.ts';

const ROOT = join(__dirname, '..', '..');

/** English alone: they are about how the project is made. */
const OF_THE_MAKERS: readonly string[] = ['docs/architecture.md'];
/** What users read and type from; each in English, and in Chinese beside it. */
const GUIDES: readonly string[] = [
  'README.md',
  'deploy/README.md',
  ...filesLike('docs/*.md').filter(
    (file) => !file.endsWith('.zh-CN.md') && !OF_THE_MAKERS.includes(file),
  ),
];
const CHINESE = GUIDES.map(inChinese);

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** `npm run NAME -- …` or `npm start -- …`, up to what ends a command in a line of prose or shell. */
const COMMAND =
  /\bnpm (?:run (?:--silent )?(?<script>[a-z]+)|(?<short>start|test)\b)(?: -- (?<args>[^`\n|;#>]*))?/gu;
const FLAG = /(?<![\w-])--[a-z][a-z-]*/gu;
const VARIABLE = /(?<![\w./-])(?:[A-Z][A-Z0-9]*_)+[A-Z0-9]+(?![\w-])/gu;
/** Variables that a file at WATCH_CONFIG refers to have names of the user's choice. */
const OF_THE_USER = /\$\{env:(?<name>\w+)\}/gu;
/** What a reader is to replace, and names of code that are no variables. */
const PLACEHOLDERS: readonly string[] = ['NEW_FOLDER'];
/** Serverless Devs has its own help. */
const OF_OTHERS: readonly string[] = ['s'];

interface Command {
  readonly name: string;
  readonly flags: readonly string[];
}

/** The Chinese document beside an English one; of a Chinese one, that itself. */
function inChinese(file: string): string {
  return file.replace(/(?<!\.zh-CN)\.md$/u, '.zh-CN.md');
}

function commandsIn(text: string): readonly Command[] {
  return [...text.replace(/\\\n\s*/gu, '').matchAll(COMMAND)].map(({ groups = {} }) => ({
    name: groups.script ?? groups.short ?? '',
    flags: [...(groups.args ?? '').matchAll(FLAG)].map(([flag]) => flag),
  }));
}

function variablesIn(text: string): readonly string[] {
  const code = codeIn(text);
  const own = [...text.matchAll(OF_THE_USER)].map(({ groups }) => groups?.name);
  const names = [...code.matchAll(VARIABLE)].map(([name]) => name);
  return [...new Set(names)]
    .filter((name) => !own.includes(name) && !PLACEHOLDERS.includes(name))
    .sort();
}

const DOCUMENTS = filesLike('*.md');

describe.each([...GUIDES, ...CHINESE])('the commands in %s', (file) => {
  it('exist', () => {
    const unknown = commandsIn(textOf(file)).filter(({ name }) => !Object.hasOwn(scripts, name));

    expect(unknown).toEqual([]);
  });

  it('name variables that the product, its commands or the platform have', () => {
    const unknown = variablesIn(textOf(file)).filter((name) => !KNOWN_VARIABLES.has(name));

    expect(unknown).toEqual([]);
  });
});

const KNOWN_VARIABLES = new Set(
  filesLike('shared', 'functions', 'commands', 's.yaml', 'deploy/*.service').flatMap((file) => [
    ...(textOf(file).match(/(?:[A-Z][A-Z0-9]*_)+[A-Z0-9]+/gu) ?? []),
  ]),
);

/** Where a command describes its flags, for its help, if not in its own file alone. */
const FLAG_FILES: Readonly<Record<string, readonly string[]>> = {
  start: ['commands/flags.ts', 'commands/box/flags.ts'],
  local: ['commands/flags.ts'],
  journal: ['commands/journal/flags.ts'],
  page: ['commands/page/flags.ts'],
};
/** A line of a help: the flag, perhaps with its value, in quotes. */
const DESCRIBED_FLAG = /\['(?<flag>--[a-z-]+)(?: [^']*)?',/gu;

/**
 * The flags in the help of a command, read from its source: to ask each command would load every SDK,
 * which takes seconds.
 */
function flagsOf(name: string): readonly string[] {
  const [, file = ''] =
    new RegExp(`\\b'?${name}'?: \\{ file: '([^']+)'`, 'u').exec(textOf('commands/run.mjs')) ?? [];
  return [file, ...(FLAG_FILES[name] ?? [])].flatMap((each) =>
    [
      ...textOf(each)
        .replace(/\[\s+'/gu, "['")
        .matchAll(DESCRIBED_FLAG),
    ].map(({ groups }) => groups?.flag ?? ''),
  );
}

describe('the flags in the guides', () => {
  const commands = [...GUIDES, ...CHINESE].flatMap((file) =>
    commandsIn(textOf(file))
      .filter(({ name, flags }) => flags.length > 0 && !OF_OTHERS.includes(name))
      .map((command) => ({ file, ...command })),
  );

  it('are in the help of their command', () => {
    const unknown = commands.flatMap(({ file, name, flags }) =>
      flags
        .filter((flag) => flag !== '--help' && !flagsOf(name).includes(flag))
        .map((flag) => `${file}: npm run ${name} has no ${flag}`),
    );

    expect(unknown).toEqual([]);
  });

  it('are found at all', () => {
    const names = commands.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(['watch', 'setup', 'deploy', 'journal', 'start']));
  });
});

describe.each(GUIDES.map((file, index) => [file, CHINESE[index] ?? '']))('%s and %s', (en, zh) => {
  it('name the same commands and flags', () => {
    const lines = (file: string) =>
      [
        ...new Set(
          commandsIn(textOf(file)).map(({ name, flags }) => [name, ...[...flags].sort()].join(' ')),
        ),
      ].sort();

    expect(lines(zh)).toEqual(lines(en));
  });

  it('name the same variables', () => {
    expect(variablesIn(textOf(zh))).toEqual(variablesIn(textOf(en)));
  });

  it('have the same sections, and the same blocks of code', () => {
    expect(shapeOf(textOf(zh))).toEqual(shapeOf(textOf(en)));
  });

  it('link to each other', () => {
    expect(linksIn(textOf(en))).toContain(basename(zh));
    expect(linksIn(textOf(zh))).toContain(basename(en));
  });
});

// Metrics have no other language.
it.each(CHINESE)('%s has no English comments in its blocks of code', (file) => {
  const comments = blocksIn(textOf(file)).flatMap((block) => [
    ...block.matchAll(/(?:^|\s)# (?!HELP |TYPE )(?<comment>.*)$/gmu),
  ]);
  const english = comments
    .map(({ groups }) => groups?.comment ?? '')
    .filter((comment) => /[a-z]{2} [a-z]{2}/u.test(comment) && !/\p{Script=Han}/u.test(comment));

  expect(english).toEqual([]);
});

/** The depth of each heading, and the language of each block of code, in their order. */
function shapeOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*```(?<language>[^\n]*)\n.*?^\s*```|^(?<depth>#+) /gmsu)].map(
    ({ groups }) => groups?.depth ?? `\`\`\`${groups?.language}`,
  );
}

describe('the documents', () => {
  it('link to files and headings that exist', () => {
    const broken = DOCUMENTS.flatMap((file) =>
      linksIn(textOf(file))
        .filter((link) => !isThere(file, link))
        .map((link) => `${file}: ${link}`),
    );

    expect(broken).toEqual([]);
  });

  it('link from Chinese to Chinese, where a document has both languages', () => {
    const chinese = DOCUMENTS.filter((file) => file.endsWith('.zh-CN.md'));

    const english = chinese.flatMap((file) =>
      linksIn(textOf(file))
        .map((link) => join(dirname(file), link.split('#')[0] ?? ''))
        .filter((target) => ![target, file].includes(inChinese(target)))
        .filter((target) => DOCUMENTS.includes(inChinese(target)))
        .map((target) => `${file}: ${target}`),
    );

    expect(english).toEqual([]);
  });

  // What the shell holds is lost with the terminal, and what was deployed with it.
  it('put settings into .env, never into the shell', () => {
    const exported = DOCUMENTS.filter((file) => /\bexport [A-Z][A-Z0-9_]*=/u.test(textOf(file)));

    expect(exported).toEqual([]);
  });
});

function linksIn(text: string): readonly string[] {
  const prose = text.replace(/^\s*```[^\n]*\n.*?^\s*```/gmsu, '').replace(/`[^`\n]*`/gu, '`');
  return [...prose.matchAll(/\]\((?<link>[^)\s]+)\)/gu)]
    .map(({ groups }) => groups?.link ?? '')
    .filter((link) => !/^[a-z]+:/u.test(link));
}

function isThere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : relative(ROOT, join(ROOT, dirname(file), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsIn(textOf(target)).includes(decodeURIComponent(anchor));
}

/** The anchors that GitHub gives to headings. */
function anchorsIn(text: string): readonly string[] {
  const prose = text.replace(/^\s*```[^\n]*\n.*?^\s*```/gmsu, '');
  return [...prose.matchAll(/^#{1,6} (?<title>.+)$/gmu)].map(({ groups }) =>
    (groups?.title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
