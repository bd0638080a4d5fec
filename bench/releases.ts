import { environmentOf, type LocalCloud, newWatch, withCloud } from './local-cloud.ts';
import { officialClient, type Peer, popCore } from './peers.ts';
import { type Section, table } from './section.ts';

/** What the fleet does after each page that is read. */
interface Churn {
  readonly releases: number;
  readonly creations: number;
}

const RELEASES_ONLY: readonly Churn[] = [1, 2, 5].map((releases) => ({ releases, creations: 0 }));
const BALANCED: readonly Churn[] = [1, 5].map((count) => ({ releases: count, creations: count }));
/** Both clients read alike, so the larger fleet is read by one of them, where nothing balances. */
const CASES: readonly {
  readonly fleet: number;
  readonly churns: readonly Churn[];
  readonly peers: readonly Peer[];
}[] = [
  { fleet: 5_000, churns: [...RELEASES_ONLY, ...BALANCED], peers: [officialClient, popCore] },
  { fleet: 50_000, churns: RELEASES_ONLY, peers: [popCore] },
];
/** The first tick tells nothing: it takes the fleet as it finds it. Then the fleet moves. */
const MOVING_TICKS = 3;
/** What was released in the last moving tick may be told by the next one. */
const QUIET_TICKS = 1;
/** What is promised. */
const MAX_TICKS_TO_TELL = 2;

/** Who is said to be gone and is not, while the fleet changes between one page and the next. */
export async function releases(): Promise<Section> {
  const naive: NaiveRow[] = [];
  const ours: OursRow[] = [];
  for (const { fleet, churns, peers } of CASES) {
    for (const churn of churns) {
      for (const peer of peers) naive.push(await unseenBy(peer, fleet, churn));
      ours.push(await watched(fleet, churn));
    }
  }
  const sum = (count: (row: OursRow) => number): number =>
    ours.reduce((total, row) => total + count(row), 0);
  return {
    title: 'Releases while pages are being read',
    text: [
      'After each page that is answered, random instances are released and others created. What ' +
        'one serial scan did not see although it was there before the scan and after it would ' +
        'be a false alarm of whoever compares two scans:',
      '',
      table(
        ['instances', 'after each page', 'who', 'there all along', 'not seen'],
        naive.map((row) => [row.fleet, said(row.churn), row.who, row.stayed, row.unseen]),
      ),
      '',
      `Ours, through the whole function: ${MOVING_TICKS} ticks under the same churn, then ` +
        `${QUIET_TICKS} tick without. What the webhook was told is compared with the listing of the ` +
        'fleet after each tick:',
      '',
      table(
        ['instances', 'after each page', 'released', 'told at once', 'next tick', 'later', 'false'],
        ours.map((row) => [
          row.fleet,
          said(row.churn),
          row.released,
          ...[1, 2].map((ticks) => row.ticksToTell.filter((count) => count === ticks).length),
          row.ticksToTell.filter((count) => count > MAX_TICKS_TO_TELL).length,
          row.falseReleases,
        ]),
      ),
    ].join('\n'),
    targets: [
      {
        what: `false releases among ${sum(({ released }) => released)} real ones`,
        figure: sum(({ falseReleases }) => falseReleases),
        is: 'at most',
        limit: 0,
        unit: 'instances',
      },
      {
        what: 'a real release is told within',
        figure: ours.reduce((most, row) => row.ticksToTell.reduce(larger, most), 0),
        is: 'at most',
        limit: MAX_TICKS_TO_TELL,
        unit: 'ticks',
      },
    ],
  };
}

function larger(one: number, other: number): number {
  return Math.max(one, other);
}

function said({ releases, creations }: Churn): string {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  return creations === 0
    ? count(releases, 'release')
    : `${count(releases, 'release')}, ${count(creations, 'creation')}`;
}

interface NaiveRow {
  readonly fleet: number;
  readonly churn: Churn;
  readonly who: string;
  readonly stayed: number;
  readonly unseen: number;
}

function unseenBy(peer: Peer, fleet: number, churn: Churn): Promise<NaiveRow> {
  return withCloud(fleet, async (cloud) => {
    const before = await fleetOf(cloud);
    await move(cloud, churn);
    const { ids } = await peer.list(cloud);
    await rest(cloud);
    const after = await fleetOf(cloud);
    const stayed = [...before].filter((id) => after.has(id));
    const unseen = stayed.filter((id) => !ids.has(id)).length;
    return { fleet, churn, who: peer.name, stayed: stayed.length, unseen };
  });
}

interface OursRow {
  readonly fleet: number;
  readonly churn: Churn;
  readonly released: number;
  /** Of each release: 1 when the tick told it in which it happened; never is infinity. */
  readonly ticksToTell: readonly number[];
  /** Told as released, and alive in the listing after that tick. */
  readonly falseReleases: number;
}

function watched(fleet: number, churn: Churn): Promise<OursRow> {
  return withCloud(fleet, async (cloud) => {
    const tick = newWatch(cloud, webhookOnly(cloud));
    await tick();
    let alive = await fleetOf(cloud);
    // A release can only be told of an instance that was once known.
    const known = new Set(alive);
    const goneIn = new Map<string, number>();
    const toldIn = new Map<string, number>();
    let falseReleases = 0;
    for (let number = 1; number <= MOVING_TICKS + QUIET_TICKS; number += 1) {
      if (number <= MOVING_TICKS) await move(cloud, churn);
      await tick();
      await rest(cloud);
      const told = await takeNews(cloud);
      const now = await fleetOf(cloud);
      for (const id of told.appeared) known.add(id);
      for (const id of alive) if (!now.has(id)) goneIn.set(id, number);
      for (const id of told.appeared) if (!now.has(id)) goneIn.set(id, number);
      for (const id of told.released) toldIn.set(id, number);
      falseReleases += told.released.filter((id) => now.has(id)).length;
      alive = now;
    }
    const ticksToTell = [...goneIn]
      .filter(([id]) => known.has(id))
      .map(([id, number]) => (toldIn.get(id) ?? Number.POSITIVE_INFINITY) - number + 1);
    return { fleet, churn, released: ticksToTell.length, ticksToTell, falseReleases };
  });
}

/** Chats tell a large release as a number: what every instance is told to is the webhook. */
function webhookOnly(cloud: LocalCloud): Readonly<Record<string, string>> {
  return { ...environmentOf(cloud), DINGTALK_WEBHOOK: '', DINGTALK_SECRET: '', SLACK_WEBHOOK: '' };
}

function move(cloud: LocalCloud, churn: Churn): Promise<void> {
  return cloud.setFaults([{ kind: 'churn', queries: 'listings', ...churn }]);
}

function rest(cloud: LocalCloud): Promise<void> {
  return cloud.setFaults([]);
}

/** The truth: a listing of a fleet that does not move meanwhile. */
async function fleetOf(cloud: LocalCloud): Promise<ReadonlySet<string>> {
  const { ids } = await popCore.list(cloud);
  return ids;
}

interface News {
  readonly appeared: readonly string[];
  readonly released: readonly string[];
}

/** What the webhook has been told since it was last asked. */
async function takeNews({ inbox }: LocalCloud): Promise<News> {
  const answer = await fetch(`${inbox}/?channel=webhook&format=json`);
  const { messages } = (await answer.json()) as { messages: readonly { body: string }[] };
  await fetch(inbox, { method: 'DELETE' });
  const changes = messages.flatMap(
    ({ body }) => (JSON.parse(body) as CloudEvent).data.changes ?? [],
  );
  const idsOf = (picked: typeof changes) => picked.map(({ instanceId }) => instanceId);
  return {
    appeared: idsOf(changes.filter(({ from }) => from === null)),
    released: idsOf(changes.filter(({ to }) => to === null)),
  };
}

interface CloudEvent {
  readonly data: {
    readonly changes?: readonly {
      readonly instanceId: string;
      readonly from: string | null;
      readonly to: string | null;
    }[];
  };
}
