import { explain } from '../../../commands/notify/explain.ts';
import type { Commit, Notice } from '../../../shared/core/model.ts';
import { aChange, aCommit, NOW_MS } from '../../helpers/examples.ts';

const CHANNELS = [
  { name: 'ops', style: 'digest' },
  { name: 'events', style: 'commits' },
] as const;

describe('the explanation of a recorded commit', () => {
  it('names the channels that are sent a change', () => {
    expect(linesOf(aCommit({ changes: [aChange()] }))).toEqual([
      'main/cn-hangzhou/12/0  i-bp1: Running → Stopped',
      '  no route takes it: it goes to every channel',
      '  ops: is sent it',
      '  events: is sent it',
    ]);
  });

  it.each<[string, Notice, readonly string[]]>([
    [
      'the failure of a channel',
      {
        kind: 'channel-failing',
        channel: 'ops',
        failures: 3,
        deliveredAtMs: null,
        reason: 'HTTP 500',
        failing: {},
      },
      ['  ops: is not sent it, since it is about this channel itself', '  events: is sent it'],
    ],
    [
      'a row in the middle of a baseline',
      { kind: 'baseline', instances: 100, last: false },
      ['ops', 'events'].map(
        (name) => `  ${name}: is not sent it, since the last row of a baseline announces all of it`,
      ),
    ],
    [
      'the baseline of an empty region',
      { kind: 'baseline', instances: 0, last: true, silent: true },
      ['ops', 'events'].map(
        (name) => `  ${name}: is not sent it, since there is no instance to announce`,
      ),
    ],
    [
      'the last row of a baseline',
      { kind: 'baseline', instances: 100, last: true },
      ['  ops: is sent it', '  events: is sent it'],
    ],
  ])('names no channel that is not sent %s', (_what, notice, expected) => {
    expect(linesOf(aCommit({ notice })).slice(2)).toEqual(expected);
  });

  it('says that details go to no channel, endpoints included', () => {
    const details = [{ instanceId: 'i-bp1', before: { name: 'a' }, after: { name: 'b' } }];

    expect(linesOf(aCommit({ details }))).toEqual([
      'main/cn-hangzhou/12 holds details only: it is sent to no channel.',
    ]);
  });
});

function linesOf(commit: Commit): readonly string[] {
  return explain({ commit }, CHANNELS, [], NOW_MS).split('\n');
}
