import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHandler } from '../../functions/view/index.ts';
import { startHttpTrigger } from '../../local/fc/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import type { LocalServer } from '../../local/server.ts';
import { LINKS } from '../../shared/view/routes/index.ts';
import { blocksIn } from '../helpers/documents.ts';
import { functionOf } from '../helpers/function-of.ts';
import { runWith } from '../helpers/processes.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const DOCUMENT = readFileSync(join(__dirname, '..', '..', 'docs', 'view.md'), 'utf8');
const CHINESE = readFileSync(join(__dirname, '..', '..', 'docs', 'view.zh-CN.md'), 'utf8');
const VIEW_TOKEN = 'a-token-of-the-documents';
/** Between the baseline and the stop. */
const FROM = '2026-11-22T10:06Z';

/** A section about one address: its `curl` line, and the answer that it shows. */
interface Example {
  readonly path: string;
  readonly address: string;
  readonly answer: string;
}

const EXAMPLES: readonly Example[] = DOCUMENT.split(/^## /mu)
  .slice(1)
  .flatMap((section) => {
    const { path = '' } = /^`(?<path>\/[^`]*)`/u.exec(section)?.groups ?? {};
    const { address = '' } = /^curl .*"\$VIEW(?<address>[^"]*)"$/mu.exec(section)?.groups ?? {};
    const { answer = '' } = /```(?:json|text)\n(?<answer>.*?)```/su.exec(section)?.groups ?? {};
    return path === '' ? [] : [{ path, address, answer }];
  });

let product: Product;
let view: LocalServer;
let stoppedId: string;

beforeAll(async () => {
  product = await startProduct({ fleetSize: 3 });
  await product.tick();
  stoppedId = product.cloud.ecs.fleet.instances('cn-hangzhou')[0]?.id ?? '';
  await product.stopInstances([stoppedId]);
  await product.tick();
  const handler = createHandler(
    { ...product.environment, VIEW_TOKEN },
    () => undefined,
    product.runtime,
  );
  const context = { requestId: 'r-1', credentials: LOCAL_KEYS };
  view = await startHttpTrigger({ target: functionOf((event) => handler(event, context)) });
});
afterAll(async () => {
  await view.close();
  await product.close();
});

it('show every address of the view that is read', () => {
  const { note: _, ...read } = LINKS;

  expect(EXAMPLES.map(({ path }) => path).sort()).toEqual(Object.values(read).sort());
});

it('show the same requests, answers and programs in Chinese, but for their comments', () => {
  const codeOf = (document: string) =>
    blocksIn(document).map((block) => block.replaceAll(/ +# .*$/gmu, ''));

  expect(codeOf(CHINESE)).toEqual(codeOf(DOCUMENT));
});

// The reader's watcher has not seen the times of the examples: the view would answer 400.
it('ask about no moment of the past that only the examples have', () => {
  expect(EXAMPLES.filter(({ address }) => /\d{4}-\d\d-\d\d/u.test(address))).toEqual([]);
});

it.each(EXAMPLES.map((example) => [example.path, example] as const))(
  'show an answer of %s that has the fields of a real one',
  async (_, { address, answer }) => {
    const asked = address.replace('$ID', stoppedId).replace('$FROM', FROM);
    const response = await fetch(`${view.url}${asked}`, {
      headers: { authorization: `Bearer ${VIEW_TOKEN}` },
    });

    expect(response.status).toBe(200);
    const body = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const partsOf = (text: string) => (isJson ? fieldsOf(JSON.parse(text)) : linesOf(text));
    expect(partsOf(body)).toEqual(expect.arrayContaining([...partsOf(answer)]));
  },
);

/** The lines of a text without their values, as far as they have one. */
function linesOf(text: string): readonly string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/ [\d.]+$/u, ''));
}

/** The names of all fields, as `scopes.scope`. Of a list, those of all its items. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value))
    return value.length === 0 ? [path] : [...new Set(value.flatMap((one) => fieldsOf(one, path)))];
  return Object.entries(value).flatMap(([name, own]) => {
    // A count is named after a status, of which a few are shown.
    const field = path.endsWith('counts') ? '*' : name;
    return [`${path}${name}`, ...fieldsOf(own, `${path}${field}.`)];
  });
}

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

describe.each([
  ['python', ['python3'], ['python3', '-c']],
  ['sh', ['curl', 'jq'], ['sh', '-c']],
])(
  'the program in %s that follows the changes',
  (language, needed, [interpreter = '', flag = '']) => {
    const [, script = ''] =
      new RegExp(
        `\`\`\`${language}\\n((?:(?!\`\`\`).)*(?:while)(?:(?!\`\`\`).)*)\`\`\``,
        'su',
      ).exec(DOCUMENT) ?? [];

    // A machine without the language shows nothing about it.
    (needed.every(has) ? it : it.skip)('prints each of them once', async () => {
      const environment = { VIEW: view.url, VIEW_TOKEN, ONCE: '1' };

      const { code, stdout, stderr } = await runWith(interpreter, [flag, script], environment)
        .finished;

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(`${stoppedId} Running -> Stopped\n`);
    });
  },
);
