import { useLayoutEffect } from 'preact/hooks';
import { levelOf, type Verdict } from '../../shared/view/core/verdict.ts';
import type { Texts } from '../texts/texts.ts';

/** As in the style sheet; an icon has no style sheet. */
const COLOURS = {
  alarm: '#c62828',
  warning: '#b26a00',
  well: '#1b7f3b',
  unknown: '#6b7280',
} as const;

/**
 * The title and the icon say the same as the page, and no later: it is one of many tabs. `atMs`: the
 * past is no alarm.
 */
export function useTab(verdict: Verdict, texts: Texts, atMs: number | null): void {
  const level = atMs === null ? levelOf(verdict) : 'unknown';
  const words = atMs === null ? texts.tab(verdict) : texts.pastTab;
  useLayoutEffect(() => {
    document.title = words === '' ? 'ecs-watch' : `${words} · ecs-watch`;
  }, [words]);
  useLayoutEffect(() => {
    const shape = SHAPES[level];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="${COLOURS[level]}">${shape}</g></svg>`;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link !== null) link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }, [level]);
}

const SHAPES = {
  alarm: '<path d="M16 2 31 29H1z"/><path fill="#fff" d="M14.5 11h3v9h-3zm0 11h3v3h-3z"/>',
  warning: '<rect x="3" y="3" width="26" height="26" rx="3"/>',
  well: '<circle cx="16" cy="16" r="14"/>',
  unknown: '<circle cx="16" cy="16" r="14" fill-opacity=".5"/>',
} as const;
