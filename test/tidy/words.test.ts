import ts from 'typescript';
import { filesLike, textOf } from '../helpers/documents.ts';

/** Words that have to be decoded, and what to write instead. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  whom: 'name the thing: the instance, the process, the channel',
  whoever: 'name the thing: the caller, the reader, the process',
  whomever: 'name the thing: the caller, the reader, the process',
  nobody: 'no instance, no process, no reader',
  somebody: 'another process, a user, an operator',
  anybody: 'any process, any reader, any user',
  told: 'sent, reported, announced, returned',
  tells: 'sends, reports, announces, returns',
  telling: 'sending, reporting, announcing, returning',
  anew: 'again, or a new one',
  mended: 'fixed, repaired',
  thereof: 'of it',
  wherein: 'in which',
};
/** In Chinese, one word for one thing: those that lost, and the one that is written. */
const CHINESE: Readonly<Record<string, string>> = {
  监视: '监控',
  凭证: '凭据',
  应答: '响应',
  答复: '响应',
  分发: '路由',
};
/** As words: `never-told` is a kind of finding that programs read. */
const REFUSED = new RegExp(
  `(?<![-\\w])(?:${Object.keys(REPLACEMENTS).join('|')})(?![-\\w])`,
  'giu',
);
/** `部分发送` is not about 分发. */
const REFUSED_CHINESE = new RegExp(`(?:${Object.keys(CHINESE).join('|')})(?!送)`, 'gu');

/** The list itself, and what `npm run bench` writes from texts that are checked. */
const EXCEPTIONS: readonly string[] = ['test/tidy/words.test.ts', 'bench/RESULTS.md'];

/** A piece of text that people read, and the line on which it starts. */
interface Piece {
  readonly line: number;
  readonly text: string;
}

describe('the English of comments, documents and texts that users see', () => {
  it('uses words that need no decoding', () => {
    const files = filesLike('*.ts', '*.mjs', '*.md').filter((file) => !EXCEPTIONS.includes(file));

    const found = files.flatMap((file) => {
      const source = textOf(file);
      const pieces = file.endsWith('.md') ? [{ line: 1, text: source }] : piecesOf(file, source);
      return pieces.flatMap((piece) => problemsIn(file, piece));
    });

    expect(found).toEqual([]);
  });

  it('names the file, the line and the replacement', () => {
    const source =
      "const a = 1;\n// The channel is told anew.\nfail('nobody knows');\nsay('监视器');\n";

    const found = piecesOf('a.ts', source).flatMap((piece) => problemsIn('a.ts', piece));

    expect(found).toEqual([
      'a.ts:2: "told": write sent, reported, announced, returned',
      'a.ts:2: "anew": write again, or a new one',
      'a.ts:3: "nobody": write no instance, no process, no reader',
      'a.ts:4: "监视": write 监控',
    ]);
  });
});

function problemsIn(file: string, { line, text }: Piece): readonly string[] {
  const found = [...text.matchAll(REFUSED), ...text.matchAll(REFUSED_CHINESE)];
  return found.map(({ 0: word, index }) => {
    const at = line + text.slice(0, index).split('\n').length - 1;
    return `${file}:${at}: "${word}": write ${REPLACEMENTS[word.toLowerCase()] ?? CHINESE[word]}`;
  });
}

/** The comments and the string literals of a TypeScript or JavaScript file. */
function piecesOf(file: string, source: string): readonly Piece[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const pieces = new Map<number, Piece>();
  const add = (start: number, end: number): void => {
    const line = tree.getLineAndCharacterOfPosition(start).line + 1;
    pieces.set(start, { line, text: source.slice(start, end) });
  };
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []) {
      add(pos, end);
    }
    for (const { pos, end } of ts.getTrailingCommentRanges(source, node.getEnd()) ?? []) {
      add(pos, end);
    }
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
    if (isText || ts.isTemplateMiddleOrTemplateTail(node)) add(node.getStart(tree), node.getEnd());
    ts.forEachChild(node, visit);
  };
  visit(tree);
  ts.forEachLeadingCommentRange(source, tree.endOfFileToken.getFullStart(), add);
  return [...pieces.values()].sort((one, other) => one.line - other.line);
}
