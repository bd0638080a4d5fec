import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The fenced blocks of a document. */
export function blocksIn(text: string): readonly string[] {
  const blocks = text.matchAll(/^\s*```[^\n]*\n(?<code>.*?)^\s*```/gmsu);
  return [...blocks].map(({ groups }) => groups?.code ?? '');
}

/** The parts of a document that are code: fenced blocks, and spans between backticks. */
export function codeIn(text: string): string {
  const rest = text.replace(/^\s*```[^\n]*\n.*?^\s*```/gmsu, '');
  const spans = [...rest.matchAll(/`(?<code>[^`\n]+)`/gu)];
  return [...blocksIn(text), ...spans.map(({ groups }) => groups?.code)].join('\n');
}
