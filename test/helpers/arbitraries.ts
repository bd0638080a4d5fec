import fc from 'fast-check';
import type { Change, Details, Instance, Note, Snapshot } from '../../shared/core/model.ts';

/** Random fleets for properties; fast-check prints the seed of one that fails. */

/** Few ids, so that what is known and what is seen overlap. */
const instanceId = fc.integer({ min: 0, max: 40 }).map((number) => `i-${number}`);
/** The states of ECS, and one that this version has never heard of. */
export const status = fc.constantFrom(
  'Pending',
  'Starting',
  'Running',
  'Stopping',
  'Stopped',
  'Hibernated',
  // What every object has, though no table names it.
  'constructor',
  '__proto__',
);

export const details: fc.Arbitrary<Details> = fc.record(
  {
    name: fc.string({ unit: 'binary', maxLength: 12 }),
    zoneId: fc.constantFrom('cn-hangzhou-h', 'cn-hangzhou-i'),
    resourceGroupId: fc.constantFrom('rg-bp67acfmxazb4ph', 'rg-aek2xl5qajpkquq'),
    privateIps: fc.array(fc.ipV4(), { maxLength: 2 }),
    tags: fc.dictionary(fc.constantFrom('env', 'app'), fc.string({ maxLength: 8 })),
  },
  { requiredKeys: [] },
);

const note: fc.Arbitrary<Note> = fc.record({
  text: fc.string({ unit: 'binary', maxLength: 12 }),
  by: fc.constantFrom('ops', 'notify'),
  atMs: fc.nat(),
  untilMs: fc.nat(),
});

const instance: fc.Arbitrary<Instance> = fc
  .tuple(details, status, fc.nat(), fc.option(note, { nil: undefined }))
  .map(([known, is, sinceMs, written]) => {
    return { ...known, status: is, sinceMs, ...(written !== undefined && { note: written }) };
  });

/** Instance id → last known instance. */
export const fleet: fc.Arbitrary<ReadonlyMap<string, Instance>> = fc
  .array(fc.tuple(instanceId, instance), { maxLength: 30 })
  .map((entries) => new Map(entries));

/** Instance id → status, as a scan shows it. */
export const listing: fc.Arbitrary<ReadonlyMap<string, string>> = fc
  .array(fc.tuple(instanceId, status), { maxLength: 30 })
  .map((entries) => new Map(entries));

export const snapshot: fc.Arbitrary<Snapshot> = fc
  .tuple(fleet, fc.nat({ max: 1_000 }))
  .map(([instances, seq]) => ({ seq, baselined: true, instances, released: new Map() }));

/** Changes that a fleet may undergo at once, an instance at most one of them. */
export function changesOf(known: ReadonlyMap<string, Instance>): fc.Arbitrary<readonly Change[]> {
  const step = fc.tuple(instanceId, fc.option(status, { nil: null }), details);
  return fc.array(step, { maxLength: 20 }).map((steps) =>
    [...new Map(steps.map((one) => [one[0], one])).values()]
      .map(([id, to, changed]) => ({
        instanceId: id,
        from: known.get(id)?.status ?? null,
        to,
        ...changed,
      }))
      .filter(({ from, to }) => from !== to),
  );
}

/** Ids and their statuses, for comparing what was seen with what was made of it. */
export function statusesOf(
  instances: ReadonlyMap<string, Instance>,
): readonly (readonly [string, string])[] {
  return [...instances].map(([id, { status: is }]) => [id, is] as const).sort();
}
