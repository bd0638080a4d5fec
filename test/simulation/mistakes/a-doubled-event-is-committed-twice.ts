import * as real from '../hooks.ts';

/** The second of two runs finds its place taken, and commits behind the first what it has compared before. */
export const pushPortsOf: typeof real.pushPortsOf = (ports) => {
  const { journal } = real.pushPortsOf(ports);
  return {
    ...ports,
    journal: {
      ...journal,
      async append(commit) {
        const outcome = await journal.append(commit);
        return outcome === 'taken' ? journal.append({ ...commit, seq: commit.seq + 1 }) : outcome;
      },
    },
  };
};
