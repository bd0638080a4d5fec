import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The parts of a document that are code: fenced blocks, and spans between backticks. */
export function codeIn(text: string): string {
  const fenced = [...text.matchAll(/^\s*```[^\n]*\n(?<code>.*?)^\s*```/gmsu)];
  const rest = text.replace(/^\s*```[^\n]*\n.*?^\s*```/gmsu, '');
  const spans = [...rest.matchAll(/`(?<code>[^`\n]+)`/gu)];
  return [...fenced, ...spans].map(({ groups }) => groups?.code).join('\n');
}
