import { aCommit, NOW_MS } from '../helpers/examples.ts';
import { storedRows } from '../helpers/stored-rows.ts';
import { valuesOf } from '../helpers/tablestore.ts';
import { startTestJournal } from '../helpers/tablestore-journal.ts';

/** Older versions know no column `details`, and would send a commit without changes as a message. */
it('shows a commit of details to older versions as the silent row of a baseline', async () => {
  const made = await startTestJournal();
  try {
    const details = [{ instanceId: 'i-bp1', before: { name: 'old' }, after: { name: 'new' } }];
    await made.journal().append(aCommit({ seq: 1, details }));

    const { journal } = await storedRows(made.server).all();

    expect(journal.map(valuesOf)).toMatchObject([
      {
        at: BigInt(NOW_MS),
        changes: '[]',
        notice: '{"kind":"baseline","instances":0,"last":false}',
        details: JSON.stringify(details),
      },
    ]);
  } finally {
    await made.close();
  }
});
