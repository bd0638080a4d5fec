import { firstTick } from '../../../commands/deploy/first-tick.ts';
import { ControlError } from '../../../commands/setup/refusal.ts';
import { virtualRuntime } from '../../helpers/virtual-runtime.ts';

const REPORT = { ok: true, tickId: 't', ms: 1, scopes: [], channels: [], notes: [] };
const BUSY = new ControlError('ResourceExhausted', 'FC refuses InvokeFunction: ResourceExhausted');

/** Runs the tick of a function that refuses with `refusal` for so long. */
async function tickOf(refusal: ControlError, refusedMs: number) {
  const runtime = virtualRuntime(0);
  const lines: string[] = [];
  const report = await firstTick(
    'ecs-watch-watch',
    {
      async invoke() {
        if (runtime.now() < refusedMs) throw refusal;
        return JSON.stringify(REPORT);
      },
    },
    { runtime, print: (line) => lines.push(line) },
  );
  return { report, text: lines.join('\n'), seconds: runtime.now() / 1_000 };
}

describe('the tick after a deployment', () => {
  it('waits for the one of the timer, which may take nearly a minute', async () => {
    const { report, seconds } = await tickOf(BUSY, 50_000);

    expect(report).toEqual(REPORT);
    expect(seconds).toBe(50);
  });

  it('is given up after a minute, without advice that would not help', async () => {
    const { report, text, seconds } = await tickOf(BUSY, Number.POSITIVE_INFINITY);

    expect(report).toBeUndefined();
    expect(text).toContain('A tick of the timer has run all the while');
    expect(text).not.toContain('setup');
    expect(seconds).toBe(60);
  });

  it('is not tried again where a role is missing', async () => {
    const { text, seconds } = await tickOf(new ControlError('InvalidArgument', 'no role'), 1);

    expect(text).toContain('npm run setup makes them');
    expect(seconds).toBe(0);
  });
});
