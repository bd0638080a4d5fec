import ts from 'typescript';
import { filesLike, textOf } from '../helpers/documents.ts';
import { hostileTexts, workOf } from '../helpers/regexp-work.ts';
import { roundsOf } from '../helpers/rounds.ts';

/** Steps a character, where the work is in proportion to the text; a quadratic one takes one for each other. */
const MAX_STEPS_PER_CHARACTER = 40;
const LENGTH = roundsOf('HOSTILE_LENGTH', 200);
/** Behind it the work is too much in any case. */
const LIMIT = 4 * LENGTH * MAX_STEPS_PER_CHARACTER;

describe('the regular expressions of the product', () => {
  const patterns = patternsOfTheProduct();

  it('are found in its sources', () => {
    expect(patterns.size).toBeGreaterThan(30);
  });

  it.each([...patterns])('do work in proportion to a hostile text: %s', (literal, file) => {
    const isTooMuch = stepsPerCharacter(regExpOf(literal)) > MAX_STEPS_PER_CHARACTER;

    expect({ file, isTooMuch }).toEqual({ file, isTooMuch: false });
  });
});

describe('the work of a regular expression', () => {
  it.each([
    ['at the end of each space', /\s+$/u],
    ['at each word', /(OTS[A-Za-z]+)(?:\cR(?:\ufffd.|[^\ufffd])(.*))? requestId:/su],
    ['in each other', /^(?:a+)+$/u],
    ['in turn', /^a*a*b$/u],
  ])('is too much where it begins again %s', (_where, pattern) => {
    expect(stepsPerCharacter(pattern)).toBeGreaterThan(MAX_STEPS_PER_CHARACTER);
  });

  it.each([/^[a-z]+$/u, /^(?:a|b)*c$/u, /(?<!\w)a/u, /^.{0,8}?(OTS[A-Za-z]{1,64})(?:\cR(.*))?$/su])(
    'of %s is in proportion to its text',
    (pattern) => {
      expect(stepsPerCharacter(pattern)).toBeLessThanOrEqual(MAX_STEPS_PER_CHARACTER);
    },
  );
});

/** The work that a pattern does for each character of a text, in the worst case that was tried. */
function stepsPerCharacter(pattern: RegExp): number {
  const texts = hostileTexts(pattern, LENGTH);
  return Math.max(0, ...texts.map((text) => workOf(pattern, text, LIMIT) / text.length));
}

/** Literal → the first file that holds it. */
function patternsOfTheProduct(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of filesLike('shared/*.ts', 'functions/*.ts')) {
    const source = textOf(file);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node) && !found.has(node.text)) found.set(node.text, file);
      const isMade = ts.isNewExpression(node) && node.expression.getText() === 'RegExp';
      if (isMade) throw new Error(`${file} makes a regular expression that this test cannot see`);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true));
  }
  return found;
}

function regExpOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}
