import { reasonOf } from '../ports/reason.ts';
import type { Ports } from './ports.ts';
import type { Tick } from './tick.ts';

/**
 * Names the channels that were served in these scopes and are no longer configured: a variable that
 * was unset by mistake looks like this. Their rows are read once for each function instance.
 */
export async function forgottenChannels(
  { journal, channels }: Pick<Ports, 'journal' | 'channels'>,
  { scopes, memory }: Pick<Tick, 'scopes' | 'memory'>,
): Promise<readonly string[]> {
  try {
    memory.servedChannels ??= [...(await journal.channels())].flatMap(([name, row]) => {
      // One that cannot be read was served as well, wherever that was.
      const isHere =
        !('value' in row) || scopes.some(({ key }) => Object.hasOwn(row.value.cursor, key));
      return isHere ? [name] : [];
    });
  } catch (error) {
    return [`whether a channel was forgotten is not known: ${reasonOf(error)}`];
  }
  const configured = new Set(channels.map(({ name }) => name));
  return memory.servedChannels
    .filter((name) => !configured.has(name))
    .map(
      (name) =>
        `channel ${name} was served before and is no longer configured: it is sent nothing. ` +
        'Set its variables or WATCH_CONFIG again, or delete its row if that is meant (npm run doctor names it)',
    );
}
