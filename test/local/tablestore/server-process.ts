import { startTablestore } from '../../../local/tablestore/index.ts';
import { CREDENTIALS, INSTANCE } from '../../helpers/tablestore.ts';

/** A server in the given directory, for a test that kills it; prints its address. */
async function main([data = '']: readonly string[]): Promise<void> {
  const { url } = await startTablestore({
    data,
    instance: INSTANCE,
    accessKeys: [CREDENTIALS],
  });
  process.stdout.write(`${url}\n`);
}

void main(process.argv.slice(2));
