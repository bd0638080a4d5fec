import { deflateSync, gzipSync } from 'node:zlib';
import type { Random } from '../../local/random.ts';
import type { AnswerPart, HostileAnswer } from './hostile-server.ts';

/** What the author of an answer wants to say, before it is framed, encoded, broken and delayed. */
export interface Draft {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface Framed {
  readonly answer: HostileAnswer;
  /** What a client may read; absent: no client can read an answer to its end. */
  readonly readable: Draft | undefined;
  /** What there is to read before an answer ends in the middle. */
  readonly begun?: Draft;
  /** Is the readable body only the beginning of one that has no end, or unpacks to too much? */
  readonly isHuge: boolean;
  /** Does a huge body come to an end on the wire, so that its connection can be used again? */
  readonly isShortOnWire?: true;
  /** Is the body not packed as its headers say? A client that unpacks cannot read it. */
  readonly isMispacked?: true;
  /** In short, what is wrong. */
  readonly what: string;
}

/** An answer made of `draft`, with anything wrong that there is in HTTP. */
export function hostileAnswer(draft: Draft, random: Random): Framed {
  const ways = [sound, sound, sound, broken, broken, slow, badlyFramed, prefaced, huge];
  return withoutBody(random.pick(ways)(draft, random));
}

/** Only bodies without end, and bombs. */
export function hugeAnswer(draft: Draft, random: Random): Framed {
  return withoutBody(huge(draft, random));
}

/** Answers that have no body, whatever follows their head. Source: RFC 9112, 6.3. */
const BODILESS_STATUSES: readonly number[] = [204, 304];

function withoutBody(framed: Framed): Framed {
  const { readable, begun } = framed;
  const draft = begun ?? readable;
  if (draft === undefined || !BODILESS_STATUSES.includes(draft.status)) return framed;
  return { ...framed, readable: { ...draft, body: Buffer.alloc(0) } };
}

function sound(draft: Draft, random: Random): Framed {
  const { bytes, how } = random.pick([withLength, chunked])(draft);
  return {
    ...theWhole(draft, bytes, random.pick(['end', 'stall'])),
    what: `a whole answer ${how}`,
  };
}

/** Breaks off, or stalls, at any byte of the answer or before it. */
function broken(draft: Draft, random: Random): Framed {
  const { bytes, how, headBytes } = random.pick([withLength, chunked, untilClose])(draft);
  // At the edges there is most to go wrong.
  const at = random.pick([
    0,
    1,
    headBytes - 1,
    headBytes,
    headBytes + 1,
    bytes.length - 1,
    random.below(bytes.length + 1),
  ]);
  const ending = random.pick(['end', 'reset', 'stall'] as const);
  const begun = at < headBytes ? undefined : { ...draft, body: bytes.subarray(headBytes, at) };
  return {
    answer: {
      after: random.pick(['connecting', 'the first bytes', 'the request']),
      parts: [{ kind: 'bytes', bytes: bytes.subarray(0, at) }],
      ending,
    },
    readable: at < bytes.length ? undefined : draft,
    // Without a length, the end of the connection is the end of the body, wherever it comes.
    ...(how === UNTIL_CLOSE && ending !== 'stall' && { readable: begun }),
    ...(begun !== undefined && { begun }),
    isHuge: false,
    what: `${ending} after ${at} of ${bytes.length} bytes ${how}`,
  };
}

const DRIP_MS: readonly number[] = [1, 5, 20];

function slow(draft: Draft, random: Random): Framed {
  const { bytes, how } = random.pick([withLength, chunked])(draft);
  const at = random.below(bytes.length + 1);
  const everyMs = random.pick(DRIP_MS);
  const parts: readonly AnswerPart[] = [
    { kind: 'bytes', bytes: bytes.subarray(0, at) },
    { kind: 'drip', bytes: bytes.subarray(at), everyMs },
  ];
  return {
    answer: { after: 'the request', parts, ending: 'end' },
    readable: draft,
    isHuge: false,
    what: `a drip every ${everyMs} ms after ${at} of ${bytes.length} bytes ${how}`,
  };
}

/** The length or the encoding is wrong. */
function badlyFramed(draft: Draft, random: Random): Framed {
  const { length } = draft.body;
  const makers: readonly (() => Framed)[] = [
    ...['-1', 'abc', '1e3', '0x10', '99999999999999999999', `${length}, ${length + 1}`].map(
      (value) => () =>
        unreadable(rawBytes(draft, [`content-length: ${value}`]), `the length ${value}`),
    ),
    () => ({
      ...unreadable(rawBytes(draft, [`content-length: ${length + 7}`]), 'a length too large'),
      begun: draft,
    }),
    () => {
      const short = random.below(length + 1);
      const bytes = rawBytes(draft, [`content-length: ${short}`]);
      const readable = { ...draft, body: draft.body.subarray(0, short) };
      return { ...theWhole(readable, bytes, 'stall'), what: `the length ${short} of ${length}` };
    },
    () =>
      unreadable(
        rawBytes(draft, ['transfer-encoding: chunked', `content-length: ${length}`]),
        'two lengths',
      ),
    ...['zz\r\n', 'ffffffffffffffffff\r\n', '\r\n', `${(length + 5).toString(16)}\r\n`].map(
      (size) => () => ({
        ...unreadable(
          Buffer.concat([head(draft, ['transfer-encoding: chunked']), Buffer.from(size)]),
          `the chunk size ${size.trim()}`,
        ),
        begun: { ...draft, body: Buffer.alloc(0) },
      }),
    ),
    ...['gzip', 'deflate', 'br', 'compress, gzip', 'constructor'].map((encoding) => () => {
      const bytes = rawBytes(draft, [`content-length: ${length}`, `content-encoding: ${encoding}`]);
      return {
        ...theWhole(draft, bytes, 'stall'),
        isMispacked: true as const,
        what: `plain text that is called ${encoding}`,
      };
    }),
    () => encoded(draft, 'gzip', gzipSync(draft.body)),
    () => encoded(draft, 'deflate', deflateSync(draft.body)),
    () => ({
      ...encoded(draft, 'gzip', gzipSync(draft.body).subarray(0, -9)),
      isMispacked: true as const,
    }),
  ];
  return random.pick(makers)();
}

/** The body as readable by a client that unpacks; one that does not reads other bytes. */
function encoded(draft: Draft, encoding: string, packed: Buffer): Framed {
  const bytes = rawBytes({ ...draft, body: packed }, [
    `content-length: ${packed.length}`,
    `content-encoding: ${encoding}`,
  ]);
  return { ...theWhole(draft, bytes, 'stall'), what: `${packed.length} bytes of ${encoding}` };
}

/** Something comes before the answer, or in place of it. */
function prefaced(draft: Draft, random: Random): Framed {
  const { bytes } = withLength(draft);
  const early = Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n');
  const makers: readonly (() => Framed)[] = [
    ...['100 Continue', '102 Processing', '199 Other'].map((status) => () => ({
      ...theWhole(
        draft,
        Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n\r\n`), bytes]),
        'stall',
      ),
      what: `${status} before the answer`,
    })),
    () => ({
      ...theWhole(draft, Buffer.concat([...Array(50).fill(early), bytes]), 'stall'),
      what: 'fifty hints before the answer',
    }),
    ...[
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      'SSH-2.0-OpenSSH_9.6\r\n',
      'HTTP/0.9\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(200_000)}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n`,
      'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000',
    ].map(
      (text) => () => unreadable(Buffer.from(text, 'latin1'), JSON.stringify(text.slice(0, 40))),
    ),
    () => ({
      answer: {
        after: 'the request',
        parts: [{ kind: 'endless', bytes: Buffer.concat(Array(20).fill(early)) }],
        ending: 'end',
      },
      readable: undefined,
      isHuge: true,
      what: 'hints without end',
    }),
  ];
  return random.pick(makers)();
}

const FILLER_BYTES = 64 * 1024;
/** One member of a stream of gzip, 20 KB, that unpacks to 20 MB. Members may follow one another. */
const BOMB = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
const BOMB_MEMBERS = 25;

function huge(draft: Draft, random: Random): Framed {
  const filler = Buffer.alloc(FILLER_BYTES, random.pick([' ', 'x', '[', '\u0000', '0']));
  const chunk = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  const before = random.chance(0.5) ? draft.body : Buffer.alloc(0);
  const readable: Draft = { ...draft, body: Buffer.concat([before, filler]) };
  const packed = gzipSync(before);
  const hugeWith = (parts: readonly AnswerPart[], what: string): Framed => ({
    answer: { after: 'the request', parts, ending: random.pick(['end', 'stall']) },
    readable,
    isHuge: true,
    what,
  });
  const makers: readonly (() => Framed)[] = [
    () =>
      hugeWith(
        [
          { kind: 'bytes', bytes: Buffer.concat([head(draft, []), before]) },
          { kind: 'endless', bytes: filler },
        ],
        'a body without end',
      ),
    () =>
      hugeWith(
        [
          {
            kind: 'bytes',
            bytes: Buffer.concat([head(draft, ['content-length: 9000000000000']), before]),
          },
          { kind: 'endless', bytes: filler },
        ],
        'a body of 9 TB',
      ),
    () =>
      hugeWith(
        [
          { kind: 'bytes', bytes: head(draft, ['transfer-encoding: chunked']) },
          ...(before.length > 0 ? [{ kind: 'bytes', bytes: chunk(before) } as const] : []),
          { kind: 'endless', bytes: chunk(filler) },
        ],
        'chunks without end',
      ),
    () =>
      hugeWith(
        [
          { kind: 'bytes', bytes: head(draft, ['transfer-encoding: chunked']) },
          { kind: 'endless', bytes: Buffer.from(`1;${'x'.repeat(5_000)}\r\n \r\n`) },
        ],
        'long chunk extensions without end',
      ),
    () => ({
      ...hugeWith(
        [
          {
            kind: 'bytes',
            bytes: Buffer.concat([
              head(draft, [
                `content-length: ${packed.length + BOMB_MEMBERS * BOMB.length}`,
                'content-encoding: gzip',
              ]),
              packed,
              ...Array<Buffer>(BOMB_MEMBERS).fill(BOMB),
            ]),
          },
        ],
        'a bomb of 500 MB',
      ),
      isShortOnWire: true as const,
    }),
    () =>
      hugeWith(
        [
          {
            kind: 'bytes',
            bytes: Buffer.concat([head(draft, ['content-encoding: gzip']), packed]),
          },
          { kind: 'endless', bytes: BOMB },
        ],
        'a bomb without end',
      ),
  ];
  return random.pick(makers)();
}

function theWhole(
  readable: Draft,
  bytes: Buffer,
  ending: HostileAnswer['ending'],
): Omit<Framed, 'what'> {
  const parts = [{ kind: 'bytes', bytes } as const];
  return { answer: { after: 'the request', parts, ending }, readable, isHuge: false };
}

function unreadable(bytes: Buffer, what: string): Framed {
  return {
    answer: { after: 'the request', parts: [{ kind: 'bytes', bytes }], ending: 'stall' },
    readable: undefined,
    isHuge: false,
    what,
  };
}

interface Encoded {
  readonly bytes: Buffer;
  readonly headBytes: number;
  readonly how: string;
}

function withLength(draft: Draft): Encoded {
  const start = head(draft, [`content-length: ${draft.body.length}`]);
  return {
    bytes: Buffer.concat([start, draft.body]),
    headBytes: start.length,
    how: 'with its length',
  };
}

function chunked(draft: Draft): Encoded {
  const start = head(draft, ['transfer-encoding: chunked']);
  const size = Buffer.from(`${draft.body.length.toString(16)}\r\n`);
  const chunk = draft.body.length === 0 ? [] : [size, draft.body, Buffer.from('\r\n')];
  return {
    bytes: Buffer.concat([start, ...chunk, Buffer.from('0\r\n\r\n')]),
    headBytes: start.length,
    how: 'in chunks',
  };
}

const UNTIL_CLOSE = 'until the connection closes';

function untilClose(draft: Draft): Encoded {
  const start = head(draft, []);
  return {
    bytes: Buffer.concat([start, draft.body]),
    headBytes: start.length,
    how: UNTIL_CLOSE,
  };
}

function rawBytes(draft: Draft, framing: readonly string[]): Buffer {
  return Buffer.concat([head(draft, framing), draft.body]);
}

function head({ status, headers }: Draft, framing: readonly string[]): Buffer {
  const lines = [`HTTP/1.1 ${String(status).padStart(3, '0')} x`, ...headers, ...framing];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
