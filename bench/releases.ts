import { environmentOf, type LocalCloud, newWatch, withCloud, withOnly } from './local-cloud.ts';
import { officialClient, type Peer, popCore } from './peers.ts';
import { type Section, table } from './section.ts';

/** The changes of the fleet after each page that is read. */
interface Churn {
  readonly releases: number;
  readonly creations: number;
}

const RELEASES_ONLY: readonly Churn[] = [1, 2, 5].map((releases) => ({ releases, creations: 0 }));
const BALANCED: readonly Churn[] = [1, 5].map((count) => ({ releases: count, creations: count }));
/** Both clients read alike, so only one of them reads the larger fleet, without creations. */
const CASES: readonly {
  readonly fleet: number;
  readonly churns: readonly Churn[];
  readonly peers: readonly Peer[];
}[] = [
  { fleet: 5_000, churns: [...RELEASES_ONLY, ...BALANCED], peers: [officialClient, popCore] },
  { fleet: 50_000, churns: RELEASES_ONLY, peers: [popCore] },
];
/** Ticks while the fleet changes. They follow the first tick, which takes the baseline. */
const CHANGING_TICKS = 3;
/** The next tick may announce what was released in the last tick with changes. */
const QUIET_TICKS = 1;
/** The promise. */
const MAX_TICKS = 2;

/** False releases, while the fleet changes between one page and the next. */
export async function releases(): Promise<Section> {
  const naive: NaiveRow[] = [];
  const ours: OursRow[] = [];
  for (const { fleet, churns, peers } of CASES) {
    for (const churn of churns) {
      for (const peer of peers) naive.push(await missedBy(peer, fleet, churn));
      ours.push(await watched(fleet, churn));
    }
  }
  const sum = (count: (row: OursRow) => number): number =>
    ours.reduce((total, row) => total + count(row), 0);
  return {
    title: 'Releases while pages are being read',
    text: [
      'After each page that is answered, random instances are released and others created. A tool ' +
        'that compares two scans raises a false alarm for each instance that was there before and ' +
        'after a serial scan and that the scan did not show:',
      '',
      table(
        ['instances', 'after each page', 'client', 'there all along', 'not shown'],
        naive.map((row) => [row.fleet, churnText(row.churn), row.client, row.stayed, row.missed]),
      ),
      '',
      `Ours, through the whole function: ${CHANGING_TICKS} ticks under the same churn, then ` +
        `${QUIET_TICKS} tick without. What the webhook received is compared with the listing of the ` +
        'fleet after each tick:',
      '',
      table(
        [
          'instances',
          'after each page',
          'released',
          'announced at once',
          'next tick',
          'later',
          'false',
        ],
        ours.map((row) => [
          row.fleet,
          churnText(row.churn),
          row.released,
          ...[1, 2].map((ticks) => row.ticksToAnnounce.filter((count) => count === ticks).length),
          row.ticksToAnnounce.filter((count) => count > MAX_TICKS).length,
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
        what: 'a real release is announced within',
        figure: ours.reduce((most, row) => row.ticksToAnnounce.reduce(larger, most), 0),
        is: 'at most',
        limit: MAX_TICKS,
        unit: 'ticks',
      },
    ],
  };
}

function larger(one: number, other: number): number {
  return Math.max(one, other);
}

function churnText({ releases, creations }: Churn): string {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  return creations === 0
    ? count(releases, 'release')
    : `${count(releases, 'release')}, ${count(creations, 'creation')}`;
}

interface NaiveRow {
  readonly fleet: number;
  readonly churn: Churn;
  readonly client: string;
  readonly stayed: number;
  readonly missed: number;
}

function missedBy(peer: Peer, fleet: number, churn: Churn): Promise<NaiveRow> {
  return withCloud(fleet, async (cloud) => {
    const before = await fleetOf(cloud);
    await startChurn(cloud, churn);
    const { ids } = await peer.list(cloud);
    await stopChurn(cloud);
    const after = await fleetOf(cloud);
    const stayed = [...before].filter((id) => after.has(id));
    const missed = stayed.filter((id) => !ids.has(id)).length;
    return { fleet, churn, client: peer.name, stayed: stayed.length, missed };
  });
}

interface OursRow {
  readonly fleet: number;
  readonly churn: Churn;
  readonly released: number;
  /** For each release: 1 when it was announced in its own tick; infinity when it never was. */
  readonly ticksToAnnounce: readonly number[];
  /** Announced as released, but in the listing after that tick. */
  readonly falseReleases: number;
}

function watched(fleet: number, churn: Churn): Promise<OursRow> {
  return withCloud(fleet, async (cloud) => {
    const tick = newWatch(cloud, webhookOnly(cloud));
    await tick();
    let alive = await fleetOf(cloud);
    // Only the release of a known instance can be announced.
    const known = new Set(alive);
    const goneIn = new Map<string, number>();
    const announcedIn = new Map<string, number>();
    let falseReleases = 0;
    for (let number = 1; number <= CHANGING_TICKS + QUIET_TICKS; number += 1) {
      if (number <= CHANGING_TICKS) await startChurn(cloud, churn);
      await tick();
      await stopChurn(cloud);
      const news = await takeNews(cloud);
      const now = await fleetOf(cloud);
      for (const id of news.appeared) known.add(id);
      for (const id of alive) if (!now.has(id)) goneIn.set(id, number);
      for (const id of news.appeared) if (!now.has(id)) goneIn.set(id, number);
      for (const id of news.released) announcedIn.set(id, number);
      falseReleases += news.released.filter((id) => now.has(id)).length;
      alive = now;
    }
    const ticksToAnnounce = [...goneIn]
      .filter(([id]) => known.has(id))
      .map(([id, number]) => (announcedIn.get(id) ?? Number.POSITIVE_INFINITY) - number + 1);
    return { fleet, churn, released: ticksToAnnounce.length, ticksToAnnounce, falseReleases };
  });
}

/** Only the webhook announces every instance: chats announce a large release as a number. */
function webhookOnly(cloud: LocalCloud): Readonly<Record<string, string>> {
  return withOnly('webhook', environmentOf(cloud));
}

function startChurn(cloud: LocalCloud, churn: Churn): Promise<void> {
  return cloud.setFaults([{ kind: 'churn', queries: 'listings', ...churn }]);
}

function stopChurn(cloud: LocalCloud): Promise<void> {
  return cloud.setFaults([]);
}

/** The true fleet: a listing while nothing changes. */
async function fleetOf(cloud: LocalCloud): Promise<ReadonlySet<string>> {
  const { ids } = await popCore.list(cloud);
  return ids;
}

interface News {
  readonly appeared: readonly string[];
  readonly released: readonly string[];
}

/** The changes that the webhook received since the last call. */
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
