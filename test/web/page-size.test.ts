import { gzipSync } from 'node:zlib';
import { builtPage } from '../helpers/page/serve-page.ts';

const MAX_BYTES = 150_000;

it('is a page of 150 kB at most, as it is sent', async () => {
  expect(gzipSync(await builtPage()).byteLength).toBeLessThan(MAX_BYTES);
});
