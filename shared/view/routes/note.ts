import type { GivenNote } from '../../core/note.ts';
import { MAX_NOTE_DAYS, MAX_NOTE_LENGTH } from '../../core/note.ts';
import { cleanText } from '../../core/text.ts';
import { withoutParameters } from '../core/accept.ts';
import { INSTANCE_SCHEMA, instanceJson } from '../core/fleet-json.ts';
import type { PathParameters } from '../core/match-route.ts';
import { jsonResponse, problemResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { timeIn } from '../core/queries/times.ts';
import { badRequest, errorReply, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { objectSchema, TEXT, TIME } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { storageProblem } from '../unreadable.ts';
import { absenceOf, writeNote } from '../write-note.ts';
import type { Route } from './route.ts';

const JSON_BODY = 'application/json';

/** Writes a note about an instance, or removes it: the only address that writes anything. */
export const noteRoute: Route = {
  name: 'note',
  path: '/instances/{id}/note',
  methods: ['POST'],
  access: 'notes',
  about: {
    summary: 'Write a note about an instance; an empty text removes it',
    parameters: {},
    pathParameters: { id: 'The id of the instance.' },
    body: {
      description: `A note of ${MAX_NOTE_LENGTH} characters at most, for ${MAX_NOTE_DAYS} days at most.`,
      schema: objectSchema({ text: TEXT }, { until: TIME }),
    },
    responses: {
      200: jsonResponse('The instance as it is now.', objectSchema({ instance: INSTANCE_SCHEMA })),
      400: problemResponse('What is wrong with the note.'),
      404: problemResponse('No scope that is watched, and that the token shows, has the instance.'),
      410: problemResponse('It was released.'),
      415: problemResponse('The body is not sent as application/json.'),
      503: UNREADABLE,
    },
  },
  handler: note,
};

async function note(
  ports: ViewPorts,
  { body, headers, author = '' }: ViewRequest,
  { id = '' }: PathParameters,
): Promise<Reply> {
  // A form of another site could send anything else with the password that a browser remembers.
  if (withoutParameters(headers.get('content-type') ?? '').trim() !== JSON_BODY)
    return errorReply(415, 'unsupported-media-type', `send the note as ${JSON_BODY}`);
  if (ports.notes === undefined) throw new Error('the view has no way to write notes');
  const read = noteIn(body);
  if ('problems' in read) return badRequest(read.problems);
  const given = read.text === '' ? undefined : { ...read, by: author };
  const request = { id: ports.notes.newId(), instanceId: id, given };
  const written = await writeNote(ports, ports.notes, request).catch(unwritten);
  if (!('kind' in written)) return written;
  switch (written.kind) {
    case 'written':
      return { status: 200, json: { instance: instanceJson(written.row) } };
    case 'refused':
      return badRequest(written.problems);
    case 'overtaken':
      return errorReply(503, 'overtaken', 'others have written at the same time: try again');
    case 'absent': {
      const message = absenceOf(cleanText(id), written);
      return written.releasedAtMs === undefined
        ? errorReply(404, 'not-found', message)
        : errorReply(410, 'gone', message);
    }
  }
}

/** @throws anything that is not a storage failure: that is a bug. */
function unwritten(error: unknown): Reply {
  const problem = storageProblem(error);
  const message =
    `the note was not written, or its answer was lost: ${problem}. The view needs the right to write ` +
    'one row, which npm run setup gives its role when a token of VIEW_TOKENS has the right notes';
  return { ...errorReply(503, 'not-written', message), problem };
}

/** Much more than a note in escapes, and little enough to parse. */
const MAX_BODY_BYTES = 8_192;

function noteIn(
  body: Uint8Array,
): Pick<GivenNote, 'text' | 'untilMs'> | { readonly problems: readonly string[] } {
  if (body.byteLength > MAX_BODY_BYTES)
    return { problems: [`the body has more than ${MAX_BODY_BYTES} bytes`] };
  const { text, until } = objectIn(body);
  if (typeof text !== 'string')
    return { problems: ['the body is no JSON object with a text: {"text": "…", "until": "…"}'] };
  const untilMs = typeof until === 'string' && until.includes('T') ? timeIn(until) : undefined;
  if (text !== '' && untilMs === undefined) {
    const what = until === undefined ? 'is missing: it is' : 'is not';
    return { problems: [`until ${what} a time with its zone, such as 2026-12-01T18:00:00+08:00`] };
  }
  return { text, untilMs: untilMs ?? 0 };
}

function objectIn(body: Uint8Array): { readonly text?: unknown; readonly until?: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
