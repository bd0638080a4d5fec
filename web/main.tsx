// Before uPlot is loaded.
import './language-tag.ts';
import 'uplot/dist/uPlot.min.css';
import './style/page.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { createClient } from './client.ts';
import type { World } from './live.ts';
import { GuardedPage } from './parts/guard.tsx';
import { SavedFile } from './parts/saved-file.tsx';

const world: World = {
  now: () => Date.now(),
  random: Math.random,
  isVisible: () => document.visibilityState === 'visible',
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

const place = document.getElementById('app');
if (place !== null) {
  // Not relative to the document: its address may hold the token, and `fetch` refuses such addresses.
  const base = `${location.origin}${location.pathname}`;
  const client = createClient((path, options) => fetch(new URL(path, base), options));
  const isSaved = location.protocol === 'file:';
  const page = (
    <GuardedPage>
      <App client={client} world={world} />
    </GuardedPage>
  );
  render(isSaved ? <SavedFile /> : page, place);
}
