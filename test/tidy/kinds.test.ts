import { dirname, join } from 'node:path';
import ts from 'typescript';
import { CHANNEL_KINDS, type RegisteredKind } from '../../shared/channels/index.ts';
import { filesLike, textOf } from '../helpers/documents.ts';

const PRODUCT = ['shared', 'commands', 'functions', 'web', 'deploy'];
const REGISTRY = 'shared/channels/index.ts';
/** The names of these are words of every day, too: only a text that is nothing else is about the kind. */
const EVERYDAY: readonly string[] = ['http', 'webhook'];

/** Files that name a kind, and why they are no further place to change. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'commands/notify.ts: dingtalk': 'the example of its help',
  'shared/view/core/queries/deliveries.ts: dingtalk': 'the example of a parameter',
  'shared/delivery/core/settle.ts: webhook':
    'the way out where no service is meant: our own format',
  'shared/open-api/send.ts: http': 'a protocol',
  'shared/view/core/openapi/document.ts: http': 'a security scheme of OpenAPI',
  'commands/deploy/function-compute.ts: http': 'a type of trigger',
};

describe('what the product knows of one kind of channel', () => {
  it('is in the file of that kind alone', () => {
    const found = filesLike(...PRODUCT)
      .filter((file) => /\.(?:tsx?|mjs|html|css|json|ya?ml)$/u.test(file) && file !== REGISTRY)
      .flatMap((file) => {
        return kindsIn(file, textOf(file)).map((kind) => `${file}: ${kind}`);
      });

    expect(found.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });

  it.each([
    ['teams', "if (kind === 'teams') leave();"],
    ['wecom', 'const limits = { wecom: 4_096 };'],
    ['slack', 'const isSlackLike = true;'],
    ['feishu', 'say(`飞书机器人`);'],
    ['pagerduty', "read('PAGERDUTY_URL');"],
    ['webhook', "read('WEBHOOK_SECRET');"],
    ['http', "const names = [['http', 'HTTP']];"],
    ['http', "import { http as other } from '../shared/channels/http.ts';"],
    ['', "read('WEBHOOK_ALLOW_PRIVATE', 'http://a.example/steams'); // Slack"],
  ])('is found: %s', (kind, source) => {
    expect(kindsIn('commands/part.ts', source).join()).toBe(kind);
  });
});

/** The kinds that a file names in its code or texts; its comments may. */
function kindsIn(file: string, source: string): readonly string[] {
  // Most files have no such name: parsing them would take seconds.
  if (!ANY_NAME.test(source)) return [];
  const pieces = /\.tsx?$/u.test(file) ? piecesOf(file, source) : [source];
  return CHANNEL_KINDS.filter(
    (kind) => file !== fileOf(kind) && pieces.some((piece) => isNamedIn(piece, kind)),
  ).map(({ kind }) => kind);
}

function fileOf({ kind }: RegisteredKind): string {
  return `shared/channels/${kind}.ts`;
}

const ANY_NAME = new RegExp(
  CHANNEL_KINDS.flatMap((kind) => [
    EVERYDAY.includes(kind.kind) ? `\\b${kind.kind}(?:\\.ts)?['"\`]` : kind.kind,
    ...otherNamesOf(kind),
  ]).join('|'),
  'i',
);

function isNamedIn(piece: string, kind: RegisteredKind): boolean {
  if (otherNamesOf(kind).some((name) => piece.includes(name))) return true;
  if (piece === fileOf(kind)) return true;
  return EVERYDAY.includes(kind.kind) ? piece === kind.kind : wordsIn(piece).includes(kind.kind);
}

/** From the root of the repository: `shared/channels/http.ts`. */
function importedBy(file: string, { moduleSpecifier }: ts.ImportDeclaration): string {
  return ts.isStringLiteral(moduleSpecifier) ? join(dirname(file), moduleSpecifier.text) : '';
}

/** Its variables, and what it is called in other letters. */
function otherNamesOf({ names, variables }: RegisteredKind): readonly string[] {
  const words = Object.values(names).filter((name) => /\P{ASCII}/u.test(name));
  return [...words, ...Object.values(variables).map(({ name }) => name)];
}

/** `isSlackLike` and `SLACK_LIKE` are three words and two. */
function wordsIn(text: string): readonly string[] {
  return text
    .replace(/(?<=[a-z])(?=[A-Z])/gu, ' ')
    .toLowerCase()
    .split(/[^a-z]+/u);
}

/** The texts of code, the paths of its imports, and its own names but those of every day. */
function piecesOf(file: string, source: string): readonly string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, false);
  const pieces: string[] = [];
  const visit = (node: ts.Node): void => {
    const isTemplate = ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (ts.isImportDeclaration(node)) pieces.push(importedBy(file, node));
    if (ts.isStringLiteralLike(node) || isTemplate || ts.isJsxText(node)) pieces.push(node.text);
    if (ts.isIdentifier(node) && !EVERYDAY.includes(node.text)) pieces.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return pieces;
}
