import { INF_MAX, INF_MIN, Long } from 'tablestore';
import { createClient } from '../../shared/tablestore/client.ts';

/**
 * The reads that a view needs before it may call its answer fresh, by the same SDK and of the same
 * rows, and nothing done with them: what any program pays that reads the store at all.
 */
export interface SameReads {
  /** The head of the scope, and whether a commit follows the one that is known. */
  readonly peek: () => Promise<unknown>;
  /** The same, and the rows that the metrics are made of besides. */
  readonly metrics: () => Promise<unknown>;
}

/** An attempt of the watcher's own client ends after so long. */
const TIMEOUT_MS = 5_000;
const SCOPE = 'main/cn-hangzhou';
/** No commit is there, as behind the last one. */
const NEXT_SEQ = Long.fromString('1000000');

export function sameReads(environment: NodeJS.ProcessEnv): SameReads {
  const { TABLESTORE_TABLE_PREFIX: prefix = 'ecs_watch_' } = environment;
  const client = createClient(
    {
      endpoint: environment.TABLESTORE_ENDPOINT ?? '',
      instance: environment.TABLESTORE_INSTANCE ?? '',
      credentials: {
        accessKeyId: environment.ALIBABA_CLOUD_ACCESS_KEY_ID ?? '',
        accessKeySecret: environment.ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? '',
      },
    },
    () => TIMEOUT_MS,
  );
  const [journal, state] = [`${prefix}journal`, `${prefix}state`];
  const peek = () =>
    client.batchGetRow({
      tables: [
        {
          tableName: state,
          primaryKey: [[{ scope: SCOPE }, { item: 'head' }]],
          columnsToGet: ['checkpoint', 'health', 'starts'],
          maxVersions: 1,
        },
        {
          tableName: journal,
          primaryKey: [[{ scope: SCOPE }, { seq: NEXT_SEQ }]],
          columnsToGet: ['scope'],
          maxVersions: 1,
        },
      ],
    });
  const range = (tableName: string, scope: string, item: string, rest: object) =>
    client.getRange({
      tableName,
      direction: 'FORWARD',
      inclusiveStartPrimaryKey: [{ scope }, { [item]: INF_MIN }],
      exclusiveEndPrimaryKey: [{ scope }, { [item]: INF_MAX }],
      ...rest,
    });
  const newest = (scope: string, rest: object) =>
    range(journal, scope, 'seq', {
      direction: 'BACKWARD',
      inclusiveStartPrimaryKey: [{ scope }, { seq: INF_MAX }],
      exclusiveEndPrimaryKey: [{ scope }, { seq: INF_MIN }],
      limit: 1,
      ...rest,
    });
  const metrics = async () => {
    const [, channels] = await Promise.all([
      peek(),
      range(state, 'channels', 'item', {}),
      newest('watcher', { columnsToGet: ['scope'] }),
    ]);
    const names = (channels.rows ?? []).map(({ primaryKey }) => String(primaryKey?.[1]?.value));
    await Promise.all(names.map((name) => newest(`channel/${name}`, {})));
  };
  return { peek, metrics };
}
