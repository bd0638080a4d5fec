import type { VNode } from 'preact';
import { usePage } from '../page-context.ts';

export function Header(props: {
  readonly switchLanguage: () => void;
  readonly help: () => void;
}): VNode {
  const { texts, live, clock, nowMs, address } = usePage();
  const asOf = live.freshness?.asOf ?? null;
  return (
    <header class="top">
      <h1>
        <a
          href="."
          onClick={(event) => {
            event.preventDefault();
            location.assign(location.pathname);
          }}
        >
          ecs-watch
        </a>
      </h1>
      {asOf !== null && address.atMs === null && (
        <p class="quiet" title={clock.utc(Date.parse(asOf))}>
          {texts.asOf(
            clock.time(Date.parse(asOf), nowMs),
            texts.duration(Math.max(0, nowMs - Date.parse(asOf))),
          )}
        </p>
      )}
      <nav>
        <a href="#instances">{texts.sections.instances}</a>{' '}
        <a href="#time">{texts.sections.time}</a> <a href="#health">{texts.sections.health}</a>{' '}
        <button
          type="button"
          onClick={props.switchLanguage}
          lang={texts.language === 'en' ? 'zh' : 'en'}
        >
          {texts.otherLanguage}
        </button>{' '}
        <button type="button" onClick={props.help} aria-label={texts.keys} title={texts.keys}>
          ?
        </button>
      </nav>
    </header>
  );
}
