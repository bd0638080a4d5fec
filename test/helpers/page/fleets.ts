import { seededRandom } from '../../../local/random.ts';
import { NEW_CHANNEL } from '../../../shared/core/channel-state.ts';
import type { DeliveryRecord } from '../../../shared/core/delivery-record.ts';
import type { Change } from '../../../shared/core/model.ts';
import {
  BASELINE,
  commitTime,
  HANGZHOU,
  moved,
  type Recorder,
  recorder,
  SHANGHAI,
  type TestView,
  testView,
} from '../../view/helpers.ts';

/** A view of a fleet, and the recorders of its regions. */
export interface TestFleet {
  readonly test: TestView;
  readonly hangzhou: Recorder;
  readonly shanghai: Recorder;
}

/** Two regions with so many instances, of which some changed lately. `web-0` runs, and every tenth is stopped. */
export async function fleetOf(size: number): Promise<TestFleet> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const hangzhou = recorder(test.journal, HANGZHOU);
  const shanghai = recorder(test.journal, SHANGHAI);
  const all = Array.from({ length: size }, (_, index) => anInstance(index));
  const isThere = (_: Change, index: number): boolean => index % 3 < 2;
  await hangzhou.record(all.filter(isThere), BASELINE);
  await shanghai.record(
    all.filter((change, index) => !isThere(change, index)),
    BASELINE,
  );
  for (let seq = 2; seq <= 6; seq += 1) {
    const index = 3 * seq;
    const stopped = { ...moved(idOf(index), 'Running', 'Stopped'), name: nameOf(index) };
    const started = { ...stopped, from: 'Stopped', to: 'Running' };
    await hangzhou.record(index < size ? [stopped] : []);
    await hangzhou.record(index < size ? [started] : []);
  }
  await hangzhou.saveHealth();
  await shanghai.saveHealth({ lastGoodAtMs: LAST_MS });
  await test.journal.moveChannel('dingtalk', undefined, {
    ...NEW_CHANNEL,
    version: 1,
    cursor: {
      [HANGZHOU.key]: { seq: LAST_SEQ, part: 0 },
      [SHANGHAI.key]: { seq: 1, part: 0 },
    },
    deliveredAtMs: LAST_MS,
  });
  await test.journal.recordDelivery(DELIVERY, LAST_MS);
  test.nowMs = LAST_MS + 10_000;
  return { test, hangzhou, shanghai };
}

const LAST_SEQ = 11;
const LAST_MS = commitTime(LAST_SEQ);

export const idOf = (index: number): string => `i-bp1${String(index).padStart(10, '0')}`;

const nameOf = (index: number): string => `${['web', 'db', 'cache'][index % 3]}-${index}`;

const STATUSES = ['Running', 'Stopped', ...Array.from({ length: 8 }, () => 'Running')];

function anInstance(index: number): Change {
  const random = seededRandom(index);
  return {
    instanceId: idOf(index),
    from: null,
    to: STATUSES[index % STATUSES.length] ?? 'Running',
    name: nameOf(index),
    zoneId: `cn-hangzhou-${random.pick(['h', 'i', 'j'])}`,
    instanceType: random.pick(['ecs.g7.large', 'ecs.c7.xlarge']),
    privateIps: [`10.0.${(index >> 8) % 256}.${index % 256}`],
    tags: { env: random.pick(['prod', 'test']), team: random.pick(['pay', 'search', 'infra']) },
  };
}

const DELIVERY: DeliveryRecord = {
  channel: 'dingtalk',
  inPlaceOf: 'payments',
  seq: LAST_MS * 1_000,
  atMs: LAST_MS,
  tickId: 'tick-11',
  commits: [`${HANGZHOU.key}/${LAST_SEQ}`],
  commitCount: 1,
  changeCount: 1,
  attempt: 1,
  isRepeat: false,
  verdict: 'delivered',
  reason: null,
};
