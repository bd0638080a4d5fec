import { memoryJournal } from '../helpers/memory-journal.ts';
import { startTestJournal } from '../helpers/tablestore-journal.ts';
import { journalContract } from './journal-contract.ts';

journalContract('Tablestore', async () => {
  const { journal, close } = await startTestJournal();
  return { one: journal(), other: journal(), close };
});

journalContract('the memory of a test', async () => {
  const journal = memoryJournal();
  return { one: journal, other: journal, close: async () => undefined };
});
