import { leftOut, type Stage } from './stage.ts';

/** Takes out what the routes send elsewhere. A commit of which nothing is left is passed in silence. */
export const route: Stage = (draft, { manner: { policy } }) => {
  if (policy === undefined) return draft;
  const silent = new Set(draft.silent);
  const elsewhere = [...(draft.elsewhere ?? [])];
  const pending = draft.pending.map((commits) =>
    commits.map((commit) => {
      const share = policy.share(commit);
      if (share === null) silent.add(commit);
      elsewhere.push(...leftOut(commit, share));
      return share ?? commit;
    }),
  );
  return { ...draft, pending, silent, elsewhere };
};
