import { once } from 'node:events';
import { systemWorld } from '../../commands/setup/system-world.ts';

/** Works without being interrupted until it gets a SIGUSR2. */
const alive = setInterval(() => undefined, 1_000);
void systemWorld().uninterrupted('Closing.', async (interrupted) => {
  const goOn = once(process, 'SIGUSR2');
  process.stdout.write('working\n');
  await goOn;
  clearInterval(alive);
  process.stdout.write(interrupted.aborted ? 'closed\n' : 'closed unasked\n');
});
