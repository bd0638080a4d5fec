import { type ChannelState, NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Incidents } from '../../shared/core/incident.ts';
import { SETTLING } from '../../shared/core/settling.ts';
import { claimMessage } from '../../shared/delivery/core/claim.ts';
import {
  MAX_DOWN,
  MAX_INCIDENT_SCOPES,
  MAX_SINGLE_INCIDENTS,
} from '../../shared/delivery/core/incidents/ledger.ts';
import { settleNews } from '../../shared/delivery/core/news/settle-news.ts';
import { plan } from '../../shared/delivery/core/plan.ts';
import { settle } from '../../shared/delivery/core/settle.ts';
import { channelColumns } from '../../shared/tablestore/rows.ts';
import { aChange, aCommit, NOW_MS } from '../helpers/examples.ts';

const SCOPES = 10_000;
/** A megabyte for the positions, and a fifth of one for what is held back. A cell holds 2 MB. */
const MAX_BYTES = 1_200_000;
/** Source: Tablestore, "Limits": a value of type STRING. */
const MAX_CELL_BYTES = 2 * 1024 * 1024;
/** Ten digits: a commit a second for three centuries. */
const SEQ = 9_999_999_998;
/** So many that a further kilobyte would send them all. */
function mostHeld(): ChannelState['held'] {
  const tags = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`key-${index}`, 'x'.repeat(25)]),
  );
  const changes = Array.from({ length: SETTLING.maxInstances }, (_, index) =>
    aChange({ instanceId: `i-bp1${index}`, to: 'Stopping', tags }),
  );
  const pending = [aCommit({ scope: 'main/eu-west-1', changes })];
  const time = { nowMs: NOW_MS, calmNotBeforeMs: 0 };
  const { commits, held } = settleNews([], { commits: pending, elsewhere: [] }, SETTLING, time);
  if (commits.length > 0) throw new Error('so much is not held back');
  return held;
}

/** As many as a receiver of incidents may have, each as large as it may be. */
function mostIncidents(): Incidents {
  const id = (index: number): string => `i-bp1${index.toString(36).padStart(17, '0')}`;
  const openedAtMs = [NOW_MS, NOW_MS, NOW_MS];
  const single = {
    state: 'unsure',
    seq: SEQ,
    isPerhapsUnseen: true,
    openedAtMs,
    overSinceMs: NOW_MS,
  } as const;
  const singles = Array.from({ length: MAX_SINGLE_INCIDENTS + 10 }, (_, index) => [
    id(index),
    single,
  ]);
  const down = Array.from({ length: MAX_DOWN / MAX_INCIDENT_SCOPES }, (_, index) => id(index));
  return Object.fromEntries(
    Array.from({ length: MAX_INCIDENT_SCOPES }, (_, index) => [
      `main/ap-southeast-1/ap-southeast-1a/ids-${index}`,
      { ...Object.fromEntries(singles), '*': { ...single, mayHaveNamedMore: true as const, down } },
    ]),
  );
}

const MANNER = { style: 'digest', messagesPerMinute: 50 } as const;

it('keeps the row of a channel over 10,000 scopes below 1.2 MB, with a claim, a doubt and all that may be held in it', () => {
  const scopes = Array.from({ length: SCOPES }, (_, index) => {
    const id = index.toString(16).padStart(8, '0');
    return `main/ap-southeast-1/ap-southeast-1a/ids-${id}`;
  });
  const cursor = Object.fromEntries(scopes.map((scope) => [scope, { seq: SEQ, part: 0 }]));
  const pending = new Map(
    scopes.map((scope) => [scope, [aCommit({ scope, seq: SEQ + 1, changes: [aChange()] })]]),
  );
  const lost = { kind: 'retry', reason: 'x'.repeat(500), lost: true } as const;
  const at = { tickId: 'a'.repeat(36), nowMs: NOW_MS };

  // The answer to a first message over all scopes is lost, and then its repeat is under way.
  let state: ChannelState = {
    ...NEW_CHANNEL,
    cursor,
    held: mostHeld(),
    sentAtMs: Array.from({ length: 40 }, () => NOW_MS),
  };
  const first = plan(MANNER, state, pending, at);
  if (first.kind !== 'send') throw new Error(first.kind);
  const claimed = claimMessage(state, first, at);
  state = { ...settle(claimed, lost, MANNER, { ...at, jitter: 0.5 }), sentAtMs: state.sentAtMs };
  const repeat = plan(MANNER, state, pending, at);
  if (repeat.kind !== 'send') throw new Error(repeat.kind);
  const worst = claimMessage(state, repeat, at);

  expect(Buffer.byteLength(JSON.stringify(worst.held))).toBeGreaterThan(180_000);
  expect(repeat.message).toMatchObject({ isRepeat: true, commits: first.message.commits });
  expect(Object.keys(worst.maybeDelivered)).toHaveLength(first.message.commits.length);
  expect(Object.keys(worst.claim?.to ?? {})).toHaveLength(first.message.commits.length);
  expect(Buffer.byteLength(JSON.stringify(channelColumns(worst)))).toBeLessThan(MAX_BYTES);
  // No channel holds news back and has incidents.
  const pager = { ...worst, held: [], incidents: mostIncidents() };
  expect(Buffer.byteLength(JSON.stringify(channelColumns(pager)))).toBeLessThan(MAX_CELL_BYTES);
});
