import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The files of the project that match any of these patterns of git, those not yet committed among them. */
export function filesLike(...patterns: readonly string[]): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...patterns], {
    cwd: ROOT,
  });
  return [...new Set(listed.toString().split('\n'))].filter(
    (file) => file !== '' && existsSync(join(ROOT, file)),
  );
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
