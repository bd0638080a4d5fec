/**
 * A browser on a Linux without a locale names a language that its own Intl refuses (`en-US@posix`).
 * uPlot passes the name on while it loads, and the page would stay empty.
 */
if (!isTag(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en' });

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}
