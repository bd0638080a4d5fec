import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Redact, redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { tableDefinitions, tablesOf } from '../../shared/tablestore/tables.ts';
import { ROOT } from '../bundle.ts';
import { type Clients, createClients } from './clients.ts';
import type { PolicyDocument } from './core/document.ts';
import type { Installation, Templates } from './core/wanted.ts';
import type { Settings } from './settings.ts';
import type { Identity } from './sts-client.ts';
import { type TablesClient, tablesClient } from './tables.ts';
import type { World } from './world.ts';

/** The account that the keys belong to, and how it is reached. */
export interface Account {
  readonly identity: Identity;
  readonly clients: Clients;
  readonly tables: TablesClient;
  readonly credentials: Credentials;
  readonly redact: Redact;
}

/** @throws {CredentialsError | ControlError} without keys, or with keys that no service knows */
export async function openAccount(
  settings: Settings,
  { findCredentials, runtime }: Pick<World, 'findCredentials' | 'runtime'>,
): Promise<Account> {
  const credentials = await findCredentials();
  const redact = redactor(Object.values(credentials));
  const { instance, functionsRegion, endpoints } = settings;
  const regions = { tablestore: instance.regionId, functions: functionsRegion };
  const clients = createClients({ credentials, endpoints, redact }, regions);
  const definitions = tableDefinitions(tablesOf(settings.tablePrefix), settings.retentionDays);
  const connection = { ...instance, instance: instance.name, credentials };
  const tables = tablesClient(connection, definitions, { runtime, redact });
  return { identity: await clients.identity(), clients, tables, credentials, redact };
}

/** An environment in an account. */
export function installationOf(settings: Settings, accountId: string): Installation {
  const { retentionDays } = settings;
  const { name, functionsRegion, instance, network, tablePrefix, alarmGroup } = settings;
  const { entersAccounts, writesNotes } = settings;
  return {
    name,
    accountId,
    functionsRegion,
    instance: { name: instance.name, regionId: instance.regionId, network },
    tablePrefix,
    tables: tableDefinitions(tablesOf(tablePrefix), retentionDays),
    entersAccounts,
    writesNotes,
    ...(alarmGroup !== undefined && { alarmGroup }),
  };
}

export function readTemplates(): Templates {
  const read = (name: string): PolicyDocument =>
    JSON.parse(readFileSync(join(ROOT, 'deploy', `${name}.policy.json`), 'utf8'));
  return {
    trust: read('trust'),
    writer: read('ecs-watch-writer'),
    reader: read('ecs-watch-reader'),
    enter: read('ecs-watch-enter'),
    notes: read('ecs-watch-notes'),
    member: read('ecs-watch-member'),
    memberTrust: read('ecs-watch-member.trust'),
  };
}
