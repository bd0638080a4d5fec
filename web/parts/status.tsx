import type { VNode } from 'preact';
import { cleanText } from '../../shared/core/text.ts';
import { usePage } from '../page-context.ts';

/** What a status means to a reader; the style sheet has a colour and a shape for each. */
const TONES: Readonly<Record<string, string>> = {
  Running: 'running',
  Stopped: 'stopped',
  Starting: 'moving',
  Stopping: 'moving',
  Pending: 'moving',
};

export function toneOf(status: string | null): string {
  if (status === null) return 'gone';
  return Object.hasOwn(TONES, status) ? (TONES[status] ?? 'other') : 'other';
}

/** The colour is never the only sign: each tone has a shape, and the word stands beside it. */
const SHAPES: Readonly<Record<string, string>> = {
  running: '●',
  stopped: '■',
  moving: '◐',
  gone: '✕',
  other: '◆',
};

export function Status({ status }: { readonly status: string | null }): VNode {
  const { texts } = usePage();
  const tone = toneOf(status);
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{SHAPES[tone]}</span> <bdi>{statusWord(texts, status)}</bdi>
    </span>
  );
}

export function statusWord(
  { statuses, released }: ReturnType<typeof usePage>['texts'],
  status: string | null,
): string {
  if (status === null || status === 'released') return released;
  return Object.hasOwn(statuses, status) ? (statuses[status] ?? status) : cleanText(status);
}
