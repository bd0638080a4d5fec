import { cloudEventOf } from '../../shared/delivery/core/message/cloud-event.ts';
import { digestOf } from '../../shared/delivery/core/message/digest.ts';
import { type Journal, JournalError } from '../../shared/ports/journal.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { WORDING } from '../helpers/examples.ts';
import { aTeam } from './a-team.ts';

const GONE = new JournalError('failed', 'OTSAuthFailed', 'The AccessKeyID is disabled.');

describe('when the journal cannot be used', () => {
  it('every channel is informed without it, and the first good tick says that it is over', async () => {
    const { journal, runtime, chat, endpoint, tick } = aTeam();
    for (let index = 0; index < 3; index += 1) await tick();
    chat.sent.length = 0;
    endpoint.sent.length = 0;

    journal.failure = GONE;
    const reports = [];
    for (let index = 0; index < 34; index += 1) reports.push(await tick());
    const during = [...endpoint.sent];
    journal.failure = undefined;
    await tick();
    await tick();

    expect(reports.every(({ ok }) => !ok)).toBe(true);
    expect(
      during.map((message) => digestOf(message, WORDING, runtime.now()).lines[0]?.text),
    ).toEqual([
      expect.stringMatching(/cannot be used: 3 ticks failed since 10:08 UTC \(OTSAuthFailed/u),
      expect.stringMatching(/cannot be used: 33 ticks failed since 10:08 UTC/u),
    ]);
    // A receiver that keeps ids takes both of them.
    expect(new Set(during.map((message) => cloudEventOf(message).id)).size).toBe(2);
    expect(chat.sent.slice(0, 2)).toMatchObject(during);
    expect(chat.notices()).toEqual(['store-failing', 'store-failing', 'ticks-resumed']);
    expect(endpoint.notices()).toEqual(['store-failing', 'store-failing', 'ticks-resumed']);
    expect(reports[2]?.notes).toContain(
      'without the journal, chat was sent a message about that: delivered',
    );
  });

  it('that it is over is said although the first good tick cannot commit it', async () => {
    const { journal, endpoint, tick } = aTeam();
    for (let index = 0; index < 3; index += 1) await tick();
    journal.failure = GONE;
    for (let index = 0; index < 4; index += 1) await tick();
    journal.failure = undefined;
    const refuses: Journal = {
      ...journal,
      append: async (commit) => {
        if (commit.scope === 'watcher') throw GONE;
        return journal.append(commit);
      },
    };
    const report = await tick(undefined, refuses);
    for (let index = 0; index < 2; index += 1) await tick();

    expect(report).toMatchObject({ ok: false, scopes: [{ ok: true }] });
    expect(endpoint.notices()).toEqual(['store-failing', 'ticks-resumed']);
  });

  it('nothing is said of it when the process was frozen, and the time for it is long over', async () => {
    const { journal, runtime, endpoint, tick } = aTeam();
    const frozen: Journal = {
      ...journal,
      head: async () => {
        runtime.clock.advance(3_600_000);
        throw GONE;
      },
    };
    for (let index = 0; index < 3; index += 1) await tick(undefined, frozen);

    expect(endpoint.sent).toEqual([]);
  });

  it('nothing is over when only this function was idle while another one ran', async () => {
    const { endpoint, tick } = aTeam({ isCalm: true });
    const idle = newMemory();
    await tick();
    await tick(idle);
    for (let index = 0; index < 5; index += 1) await tick();
    await tick(idle);

    expect(endpoint.notices()).toEqual([]);
  });

  it('nothing is sent for one or two ticks', async () => {
    const { journal, chat, tick } = aTeam();
    for (let index = 0; index < 2; index += 1) await tick();
    journal.failure = GONE;
    for (let index = 0; index < 2; index += 1) await tick();
    journal.failure = undefined;
    await tick();

    expect(chat.notices()).toEqual([]);
  });
});
