const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** Is what answers at an address on this machine? */
export function isLoopback(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname);
}
