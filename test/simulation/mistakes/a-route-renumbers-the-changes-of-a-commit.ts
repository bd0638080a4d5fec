import * as real from '../../../shared/delivery/core/stages/route.ts';

export const route: typeof real.route = (...args) => {
  const draft = real.route(...args);
  if (draft.kind !== 'draft') return draft;
  const renumbered = draft.pending.map((commits) =>
    commits.map(({ all: _, changes, ...commit }) => ({
      ...commit,
      changes: changes.map(({ index: _index, ...change }) => change),
    })),
  );
  const silent = draft.pending.flatMap((commits, list) =>
    commits.flatMap((commit, place) => {
      const copy = draft.silent.has(commit) ? renumbered[list]?.[place] : undefined;
      return copy === undefined ? [] : [copy];
    }),
  );
  return { ...draft, pending: renumbered, silent: new Set(silent) };
};
