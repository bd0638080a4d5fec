import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { latelyIn } from '../shared/view/core/lately.ts';
import { verdictOf } from '../shared/view/core/verdict.ts';
import type { Client } from './client.ts';
import { type Address, addressIn, searchOf } from './core/address.ts';
import { localClock } from './core/clock.ts';
import { lostContact } from './core/contact.ts';
import { wholeTotals } from './core/fleet.ts';
import { type Follower, followView, type Live, NOTHING_YET, type World } from './live.ts';
import { Page, type PageContext } from './page-context.ts';
import { ChangesSection } from './parts/changes.tsx';
import { Footer } from './parts/footer.tsx';
import { GuardedPart } from './parts/guard.tsx';
import { Header } from './parts/header.tsx';
import { HealthSection } from './parts/health-section.tsx';
import { Help } from './parts/help.tsx';
import { InstancesSection } from './parts/instances.tsx';
import { isComposing, isTyping } from './parts/keys.ts';
import { MomentBanner, RefusedMoment } from './parts/moment-banner.tsx';
import { Panel } from './parts/panel.tsx';
import { TimeSection } from './parts/time-section.tsx';
import { TotalsSection } from './parts/totals.tsx';
import { useTab } from './parts/use-tab.ts';
import { VerdictBanner } from './parts/verdict-banner.tsx';
import { chosenLanguage, keepLanguage } from './texts/choice.ts';
import { textsOf } from './texts/index.ts';

/** Ages are shown by the second. */
const TICK_MS = 1_000;

/** The page: is anything wrong, what changed, since when. */
export function App({ client, world }: { readonly client: Client; readonly world: World }): VNode {
  const [address, setAddress] = useState(() => addressIn(location.search));
  const [language, setLanguage] = useState(chosenLanguage);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [live, follower] = useLive(client, world, address.atMs);
  const machineMs = useNow(world);
  const presentMs = machineMs + live.clockAheadMs;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = useMemo(() => localClock(timeZone), [timeZone]);
  const texts = textsOf(language);
  const nowMs = address.atMs ?? presentMs;

  function go(next: Address, { replace = false }: { readonly replace?: boolean } = {}): void {
    setAddress(next);
    const url = `${location.pathname}${searchOf(next)}`;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
  }

  useEffect(() => {
    const back = (): void => setAddress(addressIn(location.search));
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);

  // Not after the next paint: the key that follows at once would find the page before.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isComposing(event)) return;
      if (event.key === 'Escape') {
        if (isTyping(event)) {
          // A browser would empty a search field.
          event.preventDefault();
          (event.target as HTMLElement).blur();
        }
        // The dialog closes itself, and only that.
        else if (!isHelpOpen && address.instanceId !== '') go({ ...address, instanceId: '' });
      }
      if (isTyping(event)) return;
      if (event.key === '?') setHelpOpen(true);
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('search')?.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  const { fleet, isWhole, freshness, scopes, health } = live;
  const totals = useMemo(() => wholeTotals(live), [fleet, isWhole]);
  const verdict = verdictOf({
    isPast: address.atMs !== null,
    freshness,
    scopes,
    totals,
    ...latelyIn(fleet.values(), nowMs),
    // How the watcher was doing in the past is not recorded.
    health: address.atMs === null ? health : {},
    lost: lostContact(live, machineMs, world.isVisible()),
  });
  useTab(verdict, texts, address.atMs);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);

  const page: PageContext = { texts, clock, timeZone, client, address, go, live, nowMs };
  return (
    <Page.Provider value={page}>
      <div class={address.atMs === null ? 'page' : 'page past'}>
        <a class="skip" href="#instances">
          {texts.sections.instances}
        </a>
        <Header
          switchLanguage={() => {
            const other = language === 'en' ? 'zh' : 'en';
            keepLanguage(other);
            setLanguage(other);
          }}
          help={() => setHelpOpen(true)}
        />
        <main>
          {address.atMs !== null && <MomentBanner atMs={address.atMs} />}
          {address.refusedAt !== '' && <RefusedMoment text={address.refusedAt} />}
          <VerdictBanner
            verdict={verdict}
            presentMs={presentMs}
            retry={() => follower.current?.wake()}
          />
          <GuardedPart>
            <TotalsSection />
          </GuardedPart>
          <div class="overview">
            <GuardedPart>
              <ChangesSection />
            </GuardedPart>
            <div>
              <GuardedPart>
                <TimeSection presentMs={presentMs} />
              </GuardedPart>
              <GuardedPart>
                <HealthSection />
              </GuardedPart>
            </div>
          </div>
          <GuardedPart>
            <InstancesSection />
          </GuardedPart>
        </main>
        <Footer />
        {address.instanceId !== '' && <Panel instanceId={address.instanceId} />}
        {isHelpOpen && <Help close={() => setHelpOpen(false)} />}
      </div>
    </Page.Provider>
  );
}

/** What is known of the view, as of now or of a moment. */
function useLive(client: Client, world: World, atMs: number | null) {
  const [live, setLive] = useState<Live>(NOTHING_YET);
  const follower = useRef<Follower | null>(null);
  useEffect(() => {
    // The clock of the view is the same at any moment that is shown.
    setLive(({ clockAheadMs }) => ({ ...NOTHING_YET, clockAheadMs }));
    const own = followView(client, world, atMs, setLive);
    follower.current = own;
    const onVisible = (): void => {
      if (world.isVisible()) own.wake();
    };
    document.addEventListener('visibilitychange', onVisible);
    window.addEventListener('online', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      window.removeEventListener('online', onVisible);
      own.stop();
    };
  }, [client, world, atMs]);
  return [live, follower] as const;
}

function useNow(world: World): number {
  const [nowMs, setNowMs] = useState(world.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(world.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [world]);
  return nowMs;
}
