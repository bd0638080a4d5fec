import { seededRandom } from '../../local/random.ts';
import { type Cloud, newCloud, startRun } from './history.ts';
import type { Death } from './run.ts';
import { CALM } from './weather.ts';

type Kind = 'first' | 'warm' | 'cold';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The first tick takes a baseline and gives every channel its place; the others change, release,
 * tell and store a checkpoint.
 */
describe.each([
  { kind: 'first', lives: 'that nobody has run before' },
  { kind: 'warm', lives: 'that remembers' },
  { kind: 'cold', lives: 'that has just been started' },
] as const)('a function $lives', ({ kind }) => {
  it('may die before and after each of its exchanges with the outside, and nothing is lost', async () => {
    const operations = await operationsOfATick(kind);
    const broken: string[] = [];
    for (let operation = 1; operation <= operations; operation += 1) {
      for (const when of ['before', 'after'] as const) {
        const violations = await violationsAfter(kind, { operation, when });
        broken.push(...violations.map((what) => `${when} exchange ${operation}: ${what}`));
      }
    }

    expect(operations).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });
});

async function operationsOfATick(kind: Kind): Promise<number> {
  const cloud = await cloudWithNews(kind);
  const run = startRun(cloud, CALM, { tickId: 'whole' });
  await cloud.time.pass(MINUTE_MS);
  expect(cloud.promises.isSettled()).toBe(true);
  return run.operations;
}

async function violationsAfter(kind: Kind, death: Death): Promise<readonly string[]> {
  const cloud = await cloudWithNews(kind);
  const run = startRun(cloud, CALM, { tickId: 'dying', death });
  await cloud.time.pass(MINUTE_MS);
  expect(run.isDead).toBe(true);
  for (let index = 0; index < 3; index += 1) {
    startRun(cloud, CALM, { tickId: `after-${index}` });
    await cloud.time.pass(MINUTE_MS);
  }
  cloud.promises.checkEnd();
  return cloud.promises.violations;
}

/** A fleet that was taken as a baseline a day ago, and in which things have happened since. */
async function cloudWithNews(kind: Kind): Promise<Cloud> {
  // Runs that die give every reason to call what comes after them a repeat.
  const deadly = { ...CALM, runs: { ...CALM.runs, killed: 1 } };
  const cloud = newCloud(seededRandom(1), deadly);
  const fleets = [...cloud.fleets.values()];
  for (const fleet of fleets) while (fleet.listing.length < 12) fleet.create();
  if (kind === 'first') return cloud;
  startRun(cloud, CALM, { tickId: 'baseline' });
  await cloud.time.pass(DAY_MS);
  for (const fleet of fleets) {
    fleet.change();
    fleet.release();
    fleet.create();
  }
  if (kind === 'cold') cloud.instances.length = 0;
  return cloud;
}
