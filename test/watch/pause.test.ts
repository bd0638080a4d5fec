import { cloudEventOf } from '../../shared/delivery/core/message/cloud-event.ts';
import { digestOf } from '../../shared/delivery/core/message/digest.ts';
import { SCOPE, WORDING } from '../helpers/examples.ts';
import { aTeam } from './a-team.ts';

const HOURS_MS = 60 * 60 * 1000;

it('says once that it was not watching, and what differs now, and goes on as before', async () => {
  const { chat, endpoint, runtime, tick } = aTeam();
  await tick();
  await tick();
  runtime.clock.advance(7 * HOURS_MS);
  chat.sent.length = 0;
  endpoint.sent.length = 0;
  await tick();

  const digests = () => chat.sent.map((message) => digestOf(message, WORDING, runtime.now()));
  expect(digests()).toMatchObject([
    {
      title: '🔴 i-1 stopped · ⚠️ Not watching from 10:06 to 17:07 UTC',
      lines: [
        {
          symbol: '⚠️',
          text: expect.stringMatching(
            /^Not watching from 10:06 to 17:07 UTC; this is what differs/u,
          ),
          context: 'cn-hangzhou',
        },
        {
          symbol: '🔴',
          name: 'i-1',
          text: 'stopped (was running)',
          context: 'cn-hangzhou · 10:06–17:07 UTC',
        },
      ],
    },
  ]);
  // Programs get what they always get: a window in each event, and a notice of the ticks.
  expect(endpoint.sent.map((message) => cloudEventOf(message).data)).toMatchObject([
    {
      scope: SCOPE.key,
      previousAt: '2026-11-22T10:06:01.120Z',
      at: '2026-11-22T17:07:01.120Z',
      changes: [{ instanceId: 'i-1', from: 'Running', to: 'Stopped' }],
    },
    { scope: 'watcher', notice: 'ticks-resumed' },
  ]);

  await tick();
  const [, next] = digests();
  expect(next?.title).toBe('🟢 i-1 running · cn-hangzhou');
  // What the pause hid is not called known: the status may have begun at any time in it.
  expect(next?.lines[0]?.text).toMatch(/ \(was stopped for at least \d+ seconds\)$/u);
});

it('says that ticks are recorded again where nothing differs', async () => {
  const { chat, runtime, tick } = aTeam();
  await tick();
  await tick();
  runtime.clock.advance(7 * HOURS_MS);
  chat.sent.length = 0;
  // Two ticks later, the instance is as it was.
  await tick(undefined, undefined, 'Running');

  expect(chat.sent.map((message) => digestOf(message, WORDING, runtime.now()))).toMatchObject([
    { title: '📋 No tick was recorded from 10:06 to 17:07 UTC' },
  ]);
});
