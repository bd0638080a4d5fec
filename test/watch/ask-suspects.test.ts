import { startEcs } from '../../local/ecs/index.ts';
import { askSuspects } from '../../shared/watch/ask-suspects.ts';
import { openBudget } from '../../shared/watch/budget.ts';
import { pacedFleet } from '../../shared/watch/fleet.ts';
import { createPacer } from '../../shared/watch/pacer.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { DEADLINE_MS, inventoryAt, KEY } from '../helpers/inventory.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const CALLS = 40;

it('counts each answer, although the calls for the other suspects are used up', async () => {
  // An id that does not exist is found by halves: 40 of them need more calls than there are.
  const undocumented = { unknownInstanceIds: 'error' } as const;
  const ecs = await startEcs({ accessKeys: [KEY], fleetSize: 5, undocumented });
  try {
    const suspects = Array.from({ length: 40 }, (_, n) => `i-bp1gone${`${n}`.padStart(13, '0')}`);
    const runtime = virtualRuntime(NOW_MS);
    const pace = { budget: openBudget(CALLS, NOW_MS, undefined), deadlineMs: DEADLINE_MS };
    const fleet = pacedFleet(inventoryAt(ecs.url), SCOPE, createPacer(pace, runtime), {
      suspects: { untilMs: NOW_MS + 1 },
    });

    const answers = await askSuspects(fleet, suspects, new Map());

    expect(fleet.calls).toBe(CALLS);
    expect(answers).toMatchObject({ isCut: true, failure: null });
    expect(answers.answered.length).toBeGreaterThan(0);
    expect(suspects).toEqual(expect.arrayContaining([...answers.answered]));
  } finally {
    await ecs.close();
  }
});
