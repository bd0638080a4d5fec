import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The cells of the rows that begin with a number of instances, in the table after a heading. */
function rowsAfter(file: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const section = text.slice(text.indexOf(heading)).split(/\n## /u)[0] ?? '';
  const rows = [...section.matchAll(/^\| (?<row>[\d,]+ +\|.*) \|$/gmu)];
  return rows.map(({ groups = {} }) =>
    (groups.row ?? '').split('|').map((cell) => cell.trim().replaceAll(',', '')),
  );
}

/** Instances, function, function kept a minute, reads, writes, storage and traffic. */
const measured = rowsAfter('bench/RESULTS.md', '## What a month costs')
  .filter(({ length }) => length === 9)
  .map(([fleet, , released, held, , reads, , writes, rest]) => [
    fleet,
    released,
    held,
    reads,
    writes,
    rest,
  ]);

it.each([
  ['docs/cost.md', '# What it costs'],
  ['docs/cost.zh-CN.md', '# 费用'],
])('%s says what was measured', (file, heading) => {
  expect(measured).toHaveLength(3);
  expect(rowsAfter(file, heading)).toEqual(measured);
});
