import type { IncomingHttpHeaders } from 'node:http';

/**
 * May this request change something? A page of the web can make a browser send requests to the
 * loopback, so a browser must say that the request comes from a page of this very server. Programs
 * that are no browser send neither header. `listen` has checked that `host` names the loopback.
 * Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `http://${host}`;
}
