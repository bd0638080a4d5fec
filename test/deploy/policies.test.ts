import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { statementsOf } from './policies.ts';
import { ROOT } from './serverless-devs.ts';

interface Policy {
  readonly PolicyDocument: { readonly Statement: unknown };
}

/** By name, not by the start of a name: that of another environment may begin with ours. */
const TABLES = ['journal', 'state'].map(
  (table) => `acs:ots:REGION:ACCOUNT:instance/INSTANCE/table/ecs_watch_${table}`,
);

/** Only the view looks at many scopes at once. */
const OF_THE_VIEW = 'batchGetRow';

/**
 * The policies against the operations that the adapters name in their source: a missing
 * right stops the watcher, and one that is not needed only helps a thief.
 */
describe('the RAM policies', () => {
  it('let the watch function do what it does to ECS and Tablestore, and nothing else', async () => {
    const ecs = operationsIn(await sourceOf('shared/ecs'));
    const tablestore = operationsIn(await sourceOf('shared/tablestore')).filter(
      (operation) => operation !== OF_THE_VIEW,
    );

    expect(statementsOf('ecs-watch-writer')).toEqual([
      { Effect: 'Allow', Action: actions('ecs', ecs), Resource: '*' },
      { Effect: 'Allow', Action: actions('ots', tablestore), Resource: TABLES },
      {
        Effect: 'Allow',
        Action: actions('fc', actionsSentBy(await sourceOf('shared/fc'))).join(),
        Resource: 'acs:fc:FUNCTIONS_REGION:ACCOUNT:functions/ecs-watch-scan',
      },
    ]);
  });

  it('let the view read the tables, and nothing else', async () => {
    const readers = await sourceOf('shared/tablestore', ['tables.ts', 'writer.ts']);

    expect(statementsOf('ecs-watch-reader')).toEqual([
      { Effect: 'Allow', Action: actions('ots', operationsIn(readers)), Resource: TABLES },
    ]);
  });

  it('let a view whose tokens may write notes append to the journal, and nothing else', async () => {
    const writer = await sourceOf('shared/tablestore', []);
    const [, append = ''] = /async append\(commit\) \{(.*?)async commitAt/su.exec(writer) ?? [];

    expect(statementsOf('ecs-watch-notes')).toEqual([
      {
        Effect: 'Allow',
        Action: actions('ots', operationsIn(append)).join(),
        Resource: TABLES[0],
      },
    ]);
  });

  it('name every operation that the type of the callers allows', async () => {
    const caller = await readFile(join(ROOT, 'shared/tablestore/caller.ts'), 'utf8');
    const [, union = ''] = /export type Operation =(.*?);/su.exec(caller) ?? [];
    const allowed = [...union.matchAll(/'(\w+)'/gu)].map(([, name = '']) => name);

    expect(allowed.sort()).toEqual(operationsIn(await sourceOf('shared/tablestore')));
  });

  it('let the watcher into another account to do the same to ECS, and nothing else', async () => {
    const ecs = operationsIn(await sourceOf('shared/ecs'));

    expect(statementsOf('ecs-watch-member')).toEqual([
      { Effect: 'Allow', Action: actions('ecs', ecs), Resource: '*' },
    ]);
  });

  it('let the watcher assume the role of that name in any account, and nothing else', async () => {
    const sts = await readFile(join(ROOT, 'shared/ecs/assume-role.ts'), 'utf8');

    expect(statementsOf('ecs-watch-enter')).toEqual([
      {
        Effect: 'Allow',
        Action: actions('sts', actionsSentBy(sts)).join(),
        Resource: 'acs:ram::*:role/ecs-watch-member',
      },
    ]);
  });

  it('let the role be assumed by that of the watch function, with its external id', () => {
    expect(statementsOf('ecs-watch-member.trust')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { RAM: ['acs:ram::ACCOUNT:role/ecs-watch-writer'] },
        Condition: { StringEquals: { 'sts:ExternalId': 'EXTERNAL_ID' } },
      },
    ]);
  });

  it('are what the ROS template of the role says, too', async () => {
    const template = parse(await readFile(join(ROOT, 'deploy/ecs-watch-member.ros.yaml'), 'utf8'));
    const { Properties: role } = template.Resources.MemberRole;

    expect(template.ROSTemplateFormatVersion).toBe('2015-09-01');
    expect(role.RoleName).toBe('ecs-watch-member');
    expect(role.Policies.map(({ PolicyDocument }: Policy) => PolicyDocument.Statement)).toEqual([
      statementsOf('ecs-watch-member'),
    ]);
    const trust = JSON.stringify(role.AssumeRolePolicyDocument.Statement)
      .replace(/\{"Fn::Sub":("acs:ram::)\$\{WatcherAccountId\}(:role\/[\w-]+")\}/u, '$1ACCOUNT$2')
      .replace('{"Ref":"ExternalId"}', '"EXTERNAL_ID"');
    expect(JSON.parse(trust)).toEqual(statementsOf('ecs-watch-member.trust'));
  });

  it('let Function Compute assume the roles, and no other service', () => {
    expect(statementsOf('trust')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: ['fc.aliyuncs.com'] },
      },
    ]);
  });
});

async function sourceOf(folder: string, without: readonly string[] = []): Promise<string> {
  const names = await readdir(join(ROOT, folder));
  for (const name of without) expect(names).toContain(name);
  const texts = names
    .filter((name) => name.endsWith('.ts') && !without.includes(name))
    .map((name) => readFile(join(ROOT, folder, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

/** Methods of the OpenAPI client, which has none for each operation. */
const METHODS_OF_CLIENT: readonly string[] = ['setGatewayClient', 'execute'];

/** What is called by its name: `call('getRow', …)`, or `client.createTable(…)` of the SDK. */
function operationsIn(source: string): readonly string[] {
  const calls = source.matchAll(/\bcall\(\s*'(\w+)'|\bclient\.(\w+)\(/gu);
  const names = [...calls].map(([, called, method]) => called ?? method ?? '');
  return [...new Set(names.filter((name) => !METHODS_OF_CLIENT.includes(name)))].sort();
}

/** What is sent by the name of its action: `action: 'AssumeRole'`. */
function actionsSentBy(source: string): readonly string[] {
  return [...source.matchAll(/\baction: '(\w+)'/gu)].map(([, name = '']) => name);
}

function actions(service: string, operations: readonly string[]): readonly string[] {
  return operations.map((name) => `${service}:${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}
