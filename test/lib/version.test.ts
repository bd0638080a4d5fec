import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USER_AGENT } from '../../shared/lib/version.ts';

it('the name that requests carry has the version of the package', () => {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  const { name, version }: { name: string; version: string } = JSON.parse(text);

  expect(USER_AGENT).toBe(`${name}/${version}`);
});
