import * as real from '../../../shared/delivery/register.ts';

/** What a late shard commits is then before the place where its channels begin. */
export const registerChannels: typeof real.registerChannels = async (ports, run, journals) => {
  const isOfRun = journals.some(({ scope }) => scope.key === 'watcher');
  if (isOfRun) return real.registerChannels(ports, run, journals);
  const starts = journals.map(({ scope, lastSeq }) => {
    const begins = ports.channels.map(({ name }) => [name, lastSeq ?? 0] as const);
    return [scope.key, Object.fromEntries(begins)] as const;
  });
  return { starts: new Map(starts), failures: new Map() };
};
