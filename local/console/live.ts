import type { ServerResponse } from 'node:http';

/** Name of a part of the page → its markup. */
export type Parts = Readonly<Record<string, string>>;

/** Open pages, and what each of them shows. */
export interface LivePages {
  /** Keeps the page behind `response` at what `render` returns. */
  connect(response: ServerResponse, render: () => Parts): void;
  /** Looks now: the reader who pressed a button sees at once what came of it. */
  refresh(): void;
}

/** The state of an instance changes with the time alone, so nothing can announce it: it is looked at. */
const LOOK_MS = 500;
/** Share of the time that may be spent on looking at a huge fleet. */
const MAX_LOAD = 0.1;

/**
 * Server-sent events with those parts that differ from what the page has.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function livePages(): LivePages {
  const pages = new Set<() => void>();

  return {
    connect(response, render) {
      let shown: Parts = {};
      let timer: NodeJS.Timeout | undefined;
      const look = (): void => {
        // A browser that has stopped reading gets no backlog, only what there is when it reads again.
        if (response.writableNeedDrain) return;
        const parts = render();
        const changed = Object.entries(parts).filter(([name, markup]) => shown[name] !== markup);
        shown = parts;
        if (changed.length === 0) return;
        response.write(`data: ${JSON.stringify(Object.fromEntries(changed))}\n\n`);
      };
      const lookAgain = (): void => {
        const beginMs = performance.now();
        look();
        const tookMs = performance.now() - beginMs;
        timer = setTimeout(lookAgain, Math.max(LOOK_MS, tookMs / MAX_LOAD));
      };
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      pages.add(look);
      response.once('close', () => {
        pages.delete(look);
        clearTimeout(timer);
      });
      lookAgain();
    },
    refresh() {
      for (const look of pages) look();
    },
  };
}
