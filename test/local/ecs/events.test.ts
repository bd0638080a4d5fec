import { manualClock } from '../../../local/clock.ts';
import { createEventBus } from '../../../local/ecs/events/bus.ts';
import { createFleet } from '../../../local/ecs/fleet/fleet.ts';
import { PENDING_MS, STARTING_MS, STOPPING_MS } from '../../../local/ecs/fleet/lifecycle.ts';
import type { EventFault, EventShape } from '../../../local/ecs/index.ts';

const START_MS = Date.parse('2026-11-22T10:00:00.123Z');
const HANGZHOU = 'cn-hangzhou';
const ACCOUNT = '1234567890123456';
const LONG_MS = 60_000;
const BIRTH = ['Created', 'Starting', 'Running'];

/** A fleet without instances, its bus, and what was posted. */
function newBus(
  faults: readonly EventFault[] = [],
  shapes: readonly EventShape[] = ['eventbridge'],
) {
  const clock = manualClock(START_MS);
  const fleet = createFleet({
    regionIds: [HANGZHOU],
    sizePerRegion: 0,
    seed: 1,
    churnPerMinute: 0,
    clock,
  });
  const bus = createEventBus(new Map([[ACCOUNT, fleet]]), { clock, seed: 1 });
  bus.setFaults(faults);
  const posted: string[] = [];
  bus.postTo((event) => void posted.push(event.toString()), shapes);
  const create = (): string => fleet.create(HANGZHOU, 1)[0]?.id ?? '';
  const pass = (ms: number): Promise<void> => {
    clock.advance(ms);
    return bus.drain();
  };
  const events = () => posted.map((text) => JSON.parse(text));
  const states = () => events().map(({ data }) => data.state as string);
  return { bus, fleet, clock, create, pass, events, states };
}

let open: ReturnType<typeof newBus> | undefined;
const aBus = (...options: Parameters<typeof newBus>) => {
  open = newBus(...options);
  return open;
};
afterEach(() => open?.bus.close());

describe('the bus of events', () => {
  it('posts each step of an instance when it happens, and not before', async () => {
    const { fleet, create, pass, states } = aBus();
    const id = create();

    await pass(0);
    const first = states();
    await pass(PENDING_MS - 1);
    const early = states();
    await pass(1 + STARTING_MS);
    const started = states();
    fleet.stop([id]);
    await pass(STOPPING_MS);
    fleet.release([id]);
    await pass(0);

    expect([first, early, started]).toEqual([
      ['Created'],
      ['Created'],
      ['Created', 'Starting', 'Running'],
    ]);
    expect(states().slice(3)).toEqual(['Stopping', 'Stopped', 'Deleted']);
  });

  it('says when the next event is due', async () => {
    const { bus, create, pass } = aBus();
    const before = bus.nextMs;
    create();
    await pass(0);

    expect([before, bus.nextMs]).toEqual([undefined, START_MS + PENDING_MS]);
  });

  it('posts nothing that an instance would have done after its release', async () => {
    const { fleet, create, pass, states } = aBus();
    const id = create();

    fleet.release([id]);
    await pass(LONG_MS);

    expect(states()).toEqual(['Created', 'Deleted']);
  });

  it('speaks the shapes of EventBridge and of CloudMonitor', async () => {
    const { create, pass, events } = aBus([], ['eventbridge', 'cloudmonitor']);
    const id = create();

    await pass(0);

    const content = { resourceId: id, resourceType: 'ALIYUN::ECS::Instance', state: 'Created' };
    expect(events()).toEqual([
      expect.objectContaining({
        specversion: '1.0',
        source: 'acs.ecs',
        type: 'ecs:Instance:StateChange',
        time: '2026-11-22T10:00:00.123Z',
        aliyunaccountid: ACCOUNT,
        aliyunregionid: HANGZHOU,
        subject: `acs:ecs:${HANGZHOU}:${ACCOUNT}:instance/${id}`,
        data: content,
      }),
      expect.objectContaining({
        product: 'ECS',
        name: 'Instance:StateChange',
        userId: ACCOUNT,
        regionId: HANGZHOU,
        eventTime: '20261122T180000.123+0800',
        content,
      }),
    ]);
  });

  it('posts nothing once it is switched off, and nothing of the time before it was switched on', async () => {
    const { bus, create, pass, states, clock } = aBus();
    bus.postTo(undefined);
    create();
    const later: string[] = [];
    bus.postTo((event) => void later.push(event.toString()), ['eventbridge']);

    await pass(LONG_MS);

    expect([states(), later, bus.nextMs, clock.now()]).toEqual([
      [],
      [],
      undefined,
      START_MS + LONG_MS,
    ]);
  });

  it.each<[string, readonly EventFault[], readonly string[]]>([
    ['loses events', [{ kind: 'drop' }], []],
    ['loses the next event', [{ kind: 'drop', times: 1 }], ['Starting', 'Running']],
    [
      'doubles events',
      [{ kind: 'double' }],
      ['Created', 'Created', 'Starting', 'Starting', 'Running', 'Running'],
    ],
    [
      'delays an event',
      [{ kind: 'delay', delayMs: 3_000, times: 1 }],
      ['Starting', 'Created', 'Running'],
    ],
    ['reorders events', [{ kind: 'reorder', times: 1 }], ['Starting', 'Created', 'Running']],
    [
      'leaves the events of other instances alone',
      [{ kind: 'drop', instances: ['i-other'] }],
      BIRTH,
    ],
  ])('%s, as it is asked to', async (_what, faults, expected) => {
    const { create, pass, states } = aBus(faults);
    create();

    for (let second = 0; second <= 10; second += 1) await pass(1_000);

    expect(states()).toEqual(expected);
  });

  it('gives a doubled event the same id, and each other one its own', async () => {
    const { create, pass, events } = aBus([{ kind: 'double' }]);
    create();

    await pass(LONG_MS);

    const ids = events().map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([6, 3]);
    expect(ids[0]).toBe(ids[1]);
  });

  it('goes on to the other events after a receiver that fails', async () => {
    const { bus, create, pass } = aBus();
    const seen: string[] = [];
    bus.postTo(
      (event) => {
        seen.push(JSON.parse(event.toString()).data.state);
        throw new Error('down');
      },
      ['eventbridge'],
    );
    create();

    await pass(LONG_MS);

    expect(seen).toEqual(BIRTH);
  });

  it('refuses faults that it does not know, by name', () => {
    const { bus } = aBus();

    const wrong = [{ kind: 'delay' }, { kind: 'teleport' }] as never;
    expect(() => bus.setFaults(wrong)).toThrow(/\[0\]\.delayMs must be[\s\S]*\[1\]\.kind must be/u);
    expect(bus.faults).toEqual([]);
  });
});
