/**
 * Pages of the console, by the names of the English one. Source: the help pages of each service
 * ("Create an AccessKey pair", "Manage network ACLs of an instance", "Manage triggers" …).
 */
export const CONSOLE = {
  key: 'RAM console > Identities > Users > your user > AccessKey',
  rights: 'RAM console > Identities > Users or Roles > Permissions',
  instance: 'Tablestore console > your instance > Network Management',
  tables: 'Tablestore console > your instance > Tables',
  member: 'RAM console of that account > Identities > Roles',
  regions: 'ECS console > the list of regions at the top',
  functionOf: (name: string): string => `Function Compute console > Functions > ${name}`,
  triggersOf: (name: string): string => `Function Compute console > Functions > ${name} > Triggers`,
  logs: 'Function Compute console > Functions > Logs',
} as const;
