import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { seededRandom } from '../../../local/random.ts';
import type { TablestoreServer } from '../../../local/tablestore/index.ts';
import { TYPESCRIPT } from '../../helpers/processes.ts';
import { roundsOf } from '../../helpers/rounds.ts';
import {
  columns,
  condition,
  key,
  keyAgain,
  keyOf,
  type OfficialClient,
  officialClient,
  TS,
  tableNamed,
} from '../../helpers/tablestore.ts';

const SEED = 3;
const ROUNDS = roundsOf('KILL_ROUNDS', 5);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 30 * 60_000;
const WRITERS = 8;

let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'tablestore-'));
});

afterAll(() => rm(data, { recursive: true, force: true }));

/** A server in a process of its own, which can be killed. */
async function startInProcess(): Promise<{ child: ChildProcess; client: OfficialClient }> {
  const child = spawn(
    process.execPath,
    [...TYPESCRIPT, require.resolve('./server-process.ts'), data],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, client: officialClient({ url: String(line) } as TablestoreServer) };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function storedNumbers(client: OfficialClient): Promise<Set<bigint>> {
  const numbers = new Set<bigint>();
  let start: object[] | null = key({ n: TS.INF_MIN });
  while (start !== null) {
    const page: { rows: object[]; nextStartPrimaryKey: object[] | null } = await client.getRange({
      tableName: 't',
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: start,
      exclusiveEndPrimaryKey: key({ n: TS.INF_MAX }),
    });
    for (const row of page.rows) numbers.add(keyOf(row).n as bigint);
    start = page.nextStartPrimaryKey && keyAgain(page.nextStartPrimaryKey);
  }
  return numbers;
}

it(
  `has every write that it answered after each of ${ROUNDS} kills (seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const answered = new Set<bigint>();
    let next = 0n;

    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, client } = await startInProcess();
      if (round === 0) await client.createTable(tableNamed('t', { n: 'INTEGER' }));
      const stored = await storedNumbers(client);
      const lost = [...answered].filter((n) => !stored.has(n));
      expect({ round, lost }).toEqual({ round, lost: [] });

      const killAfter = answered.size + 20 + random.below(200);
      const killed = once(child, 'exit');
      let isDead = false;
      const write = async (): Promise<void> => {
        while (!isDead) {
          const n = next;
          next += 1n;
          try {
            await client.putRow({
              tableName: 't',
              condition: condition('EXPECT_NOT_EXIST'),
              primaryKey: key({ n }),
              attributeColumns: columns({ v: 'x'.repeat(random.below(3000)) }),
            });
          } catch {
            return;
          }
          answered.add(n);
          if (answered.size >= killAfter && !isDead) {
            isDead = true;
            await kill(child);
          }
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, write));
      await killed;
    }
  },
  SOAK_TIMEOUT_MS,
);
