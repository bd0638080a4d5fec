import { SECOND_MS } from '../clock.ts';
import { equalSecrets } from '../signature/hash.ts';
import { slidingWindow } from './rate.ts';
import {
  type Arrival,
  jsonAnswer,
  mediaType,
  objectsOf,
  parseObject,
  type ReceiverKind,
  type Verdict,
} from './receiver.ts';
import { cardProblem } from './teams-card.ts';
import { teamsHtml, teamsText, teamsTitle } from './teams-view.ts';

// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
// Answers as logged: MicrosoftDocs/msteams-docs#11274, #11302; Skitionek/notify-microsoft-teams#98

/** "More than four requests per second" are throttled. */
const MAX_PER_SECOND = 4;
/** Teams makes more of a message than it was sent: 24,453 bytes were counted as 28,897. */
const GROWTH = 28_897 / 24_453;
const MAX_COUNTED_BYTES = 28 * 1024;
const CARD = 'application/vnd.microsoft.card.adaptive';

type TeamsSettings = { readonly webhook: string };

/** They guard nothing but a loopback port; only their form is that of the real ones. */
const PATH =
  '/powerautomate/automations/direct/workflows/00000000000000000000000000000ec5/triggers/manual/paths/invoke';
const SIGNATURE = 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX0';

/** A workflow of Power Automate: it accepts, and posts to a channel of Teams afterwards. */
export const teams: ReceiverKind<TeamsSettings> = {
  names: { en: 'Microsoft Teams', zh: 'Microsoft Teams' },
  path: '/powerautomate/',
  variables: { webhook: 'TEAMS_WEBHOOK' },
  settings: (base) => ({
    webhook: `${base}${PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${SIGNATURE}`,
  }),
  create({ webhook }) {
    const { pathname, searchParams } = new URL(webhook);
    const rate = slidingWindow(MAX_PER_SECOND, SECOND_MS);
    return {
      judge(arrival) {
        const { url, method, atMs } = arrival;
        if (!equalSecrets(url.searchParams.get('sig') ?? '', searchParams.get('sig') ?? '')) {
          return refused(401, 'DirectApiAuthorizationRequired', UNAUTHORIZED);
        }
        if (url.pathname !== pathname) {
          return refused(404, 'WorkflowNotFound', 'The workflow could not be found.');
        }
        if (method !== 'POST') return refused(405, 'MethodNotAllowed', 'Only POST is supported.');
        if (rate.waitMs(atMs) > 0) {
          return refused(429, 'WorkflowTriggerRequestsThrottled', 'Too many requests.');
        }
        // The flow runs after the answer: what is wrong with a message, no sender sees.
        return { accepted: flowProblem(arrival) === null, answer: ACCEPTED };
      },
    };
  },
  drawing: {
    textOf: teamsText,
    pushOf: teamsTitle,
    htmlOf: teamsHtml,
    style: '.teams p, .teams div { margin-bottom: .25rem; }',
  },
};

const UNAUTHORIZED =
  'The request must be authenticated only by Shared Access scheme or by OAuth authorization scheme.';
const ACCEPTED = { status: 202, headers: {}, body: '' };

function refused(status: number, code: string, message: string): Verdict {
  return { accepted: false, answer: jsonAnswer(status, { error: { code, message } }) };
}

/** Why the flow would fail; null when it would post. */
function flowProblem(arrival: Arrival): string | null {
  if (mediaType(arrival) !== 'application/json') return 'no JSON';
  const message = parseObject(arrival.body.toString());
  if (message === null) return 'no JSON';
  const attachments = objectsOf(message.attachments);
  if (attachments.length === 0) return 'foreach is of type Null';
  if (arrival.body.length * GROWTH > MAX_COUNTED_BYTES) return 'the message is too large';
  const problems = attachments.map(({ contentType, content }) =>
    contentType === CARD ? cardProblem(content) : `an attachment of type ${contentType}`,
  );
  return problems.find((problem) => problem !== null) ?? null;
}
