import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { literalAddress } from '../../shared/channels/address.ts';
import { reasonFor } from '../reach.ts';
import type { Certificate, Connected } from './core/address.ts';

/** A receiver takes connections at once, also across a continent. */
const CONNECT_TIMEOUT_MS = 3_000;

/** Connects to the host of an address and sends nothing; the certificate is read, whatever it is worth. */
export function connectTo(url: URL): Promise<Connected> {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  const isName = literalAddress(url.hostname) === undefined;
  return new Promise((resolve) => {
    const socket = isSecure
      ? connectTls({ host, port, ...(isName && { servername: host }), rejectUnauthorized: false })
      : connectTcp({ host, port });
    const end = (connected: Connected): void => {
      socket.destroy();
      resolve(connected);
    };
    const fail = (code: string): void => end({ kind: 'failed', reason: reasonFor(code) });
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail('ETIMEDOUT'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once(isSecure ? 'secureConnect' : 'connect', () =>
      end({ kind: 'open', certificate: certificateOf(socket) }),
    );
  });
}

function certificateOf(socket: Socket | TLSSocket): Certificate | null {
  if (!('getPeerCertificate' in socket)) return null;
  const { valid_to: end } = socket.getPeerCertificate();
  // Node.js documents an Error, and sets the code of OpenSSL.
  const distrust: unknown = socket.authorizationError;
  return {
    endsMs: Date.parse(end),
    distrust: socket.authorized ? null : codeOf(distrust),
  };
}

function codeOf(distrust: unknown): string {
  const { code } = Object(distrust) as { readonly code?: unknown };
  return String(code ?? distrust);
}
