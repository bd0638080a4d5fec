import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Client } from './client.ts';
import type { Address } from './core/address.ts';
import type { LocalClock } from './core/clock.ts';
import type { Live } from './live.ts';
import type { Texts } from './texts/texts.ts';

/** What every part of the page may need. */
export interface PageContext {
  readonly texts: Texts;
  readonly clock: LocalClock;
  readonly timeZone: string;
  readonly client: Client;
  readonly address: Address;
  /** `replace`: the step is none that the browser's back button should undo. */
  readonly go: (address: Address, options?: { readonly replace?: boolean }) => void;
  readonly live: Live;
  /** By the view's clock; in the past, where the page shows the past. */
  readonly nowMs: number;
}

export const Page = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(Page);
  if (page === null) throw new Error('a part of the page stands outside of it');
  return page;
}
