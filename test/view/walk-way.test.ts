import { fold } from '../../shared/core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../../shared/core/model.ts';
import { walk } from '../../shared/view/walk-way.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { appeared, BASELINE, HANGZHOU, moved, recorder } from './helpers.ts';

it('has for each way what the ways before it took in vain', async () => {
  const journal = memoryJournal();
  const past = recorder(journal, HANGZHOU);
  const commits: Commit[] = [await past.record([appeared('i-1', 'a')], BASELINE)];
  for (let seq = 2; seq <= 10; seq += 1) {
    const [from, to] = seq % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    commits.push(await past.record([moved('i-1', from, to)]));
  }
  const known = fold(EMPTY_SNAPSHOT, commits);
  journal.expire(HANGZHOU, 2);
  const gone = { kept: null, isBack: true, after: 0, last: 10 };
  const open = { kept: null, isBack: true, after: 6, last: 10 };
  const budget = { commits: 12, changes: 12 };

  const journey = { scope: HANGZHOU, known, seq: 6, ways: [gone, open], isSearched: true };
  const found = await walk(journal, journey, budget);

  expect(found).toMatchObject({ snapshot: { seq: 6 } });
  expect(budget).toEqual({ commits: 8, changes: 8 });
});
