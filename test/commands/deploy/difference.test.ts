import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedAs } from '../../../commands/deploy/build-of.ts';
import { codeOf } from '../../../commands/deploy/core/description.ts';
import {
  type DeployedFunction,
  differenceOf,
  isNothing,
  isOfEcsWatch,
} from '../../../commands/deploy/core/difference.ts';
import { namesIn } from '../../../commands/deploy/core/names-within.ts';
import { overlayOf } from '../../../commands/deploy/core/overlay.ts';
import { type FunctionTemplate, functionsOf } from '../../../commands/deploy/core/template.ts';
import { differenceLines, removalQuestion } from '../../../commands/deploy/core/words.ts';
import { parseWatchFile } from '../../../commands/watch-file/read.ts';

const S_YAML = readFileSync(join(__dirname, '..', '..', '..', 's.yaml'), 'utf8');
const TIMER = {
  triggerName: 'every-minute',
  triggerType: 'timer',
  triggerConfig: { cronExpression: '@every 1m', enable: true, payload: '' },
};
const TEMPLATE: FunctionTemplate = {
  functionName: 'ecs-watch-watch',
  settings: { timeout: 50, role: 'ecs-watch-writer', description: 'ecs-watch 0.1.0 aaaa' },
  environmentVariables: {
    WATCH_REGIONS: 'cn-hangzhou',
    SLACK_WEBHOOK: 'https://secret',
    UNSET: '',
  },
  reservedConcurrency: 1,
  triggers: [TIMER],
  unread: {},
};
/** As Function Compute answers after that was deployed: with more fields, and the role's ARN. */
const DEPLOYED: DeployedFunction = {
  settings: {
    ...TEMPLATE.settings,
    role: 'acs:ram::1234567890123456:role/ecs-watch-writer',
    functionId: 'f',
    lastUpdateStatus: 'Successful',
  },
  environmentVariables: TEMPLATE.environmentVariables,
  reservedConcurrency: 1,
  triggers: [{ ...TIMER, triggerConfig: { ...TIMER.triggerConfig, more: 1 } }],
};

function variables(values: Readonly<Record<string, string>>): FunctionTemplate {
  return { ...TEMPLATE, environmentVariables: { ...TEMPLATE.environmentVariables, ...values } };
}

/** Whose view has a domain with this private key. */
function functionsWith(privateKey: string) {
  const view = overlayOf({
    DEPLOY_DOMAIN: 'watch.example.com',
    DEPLOY_DOMAIN_CERTIFICATE: 'certificate',
    DEPLOY_DOMAIN_KEY: privateKey,
  });
  return functionsOf([S_YAML, view ?? ''], {});
}

describe('a function under the name of an environment', () => {
  it.each([
    ['as this version deploys it', {}, {}, true],
    ['as s.yaml deploys it without a build', { description: 'ecs-watch' }, {}, true],
    ['with a description by hand', { description: 'mine' }, { TABLESTORE_INSTANCE: 'x' }, true],
    ['with a similar description', { description: 'ecs-watchdog' }, {}, false],
    ['without a description', { description: undefined }, {}, false],
  ])('is of ecs-watch or of something else: %s', (_what, settings, environmentVariables, isOwn) => {
    const found = { ...DEPLOYED, settings: { ...DEPLOYED.settings, ...settings } };

    expect(isOfEcsWatch({ ...found, environmentVariables })).toBe(isOwn);
  });
});

function fileWith(channels: readonly string[], accounts: readonly string[]): string {
  const role = 'roleArn: "acs:ram::2000000000000000:role/ecs-watch-member", regions: [cn-hangzhou]';
  return [
    'accounts:',
    '  - { alias: main, regions: [cn-hangzhou] }',
    ...accounts.map((alias) => `  - { alias: ${alias}, ${role} }`),
    'channels:',
    ...channels.map(
      (name) => `  - { name: ${name}, kind: slack, webhook: "\${env:SLACK_WEBHOOK}" }`,
    ),
    '',
  ].join('\n');
}

describe('what a deployment would change', () => {
  it('is nothing where all is deployed already', () => {
    const difference = differenceOf(TEMPLATE, DEPLOYED);

    expect(isNothing(difference)).toBe(true);
    expect(differenceLines([difference])).toEqual(['ecs-watch-watch: nothing']);
    expect(removalQuestion([difference])).toBeUndefined();
  });

  it('names variables that appear, change and vanish, and no value', () => {
    const difference = differenceOf(
      variables({ SLACK_WEBHOOK: '', WATCH_REGIONS: 'cn-shanghai', UNSET: 'now-it-is' }),
      DEPLOYED,
    );

    const text = differenceLines([difference]).join('\n');
    expect(text).toContain('SLACK_WEBHOOK IS REMOVED');
    expect(text).toContain('WATCH_REGIONS changes');
    expect(text).toContain('UNSET is set');
    expect(text).not.toMatch(/secret|now-it-is|shanghai/u);
    expect(removalQuestion([difference])).toContain('removed: SLACK_WEBHOOK. Is that meant?');
  });

  it('asks before a channel, an account or a token vanishes that is named within a variable', () => {
    const before = namesIn(parseWatchFile(fileWith(['ops', 'night'], ['shop']), 'watch.yaml'));
    const after = namesIn(parseWatchFile(fileWith(['ops'], []), 'watch.yaml'));
    const token = 'all 0123456789abcdef';
    const deployed = {
      ...DEPLOYED,
      environmentVariables: { ECS_WATCH_HAS: before, VIEW_TOKENS: `wall ${token}; ci ${token}1` },
    };
    const wanted = { ECS_WATCH_HAS: after, VIEW_TOKENS: `wall ${token}` };

    const difference = differenceOf({ ...TEMPLATE, environmentVariables: wanted }, deployed);

    expect(removalQuestion([difference])).toBe(
      'What is deployed would be removed: channel night, account shop, token ci. Is that meant? [y/N] ',
    );
    expect(differenceLines([difference]).join('\n')).toContain('channel night IS REMOVED');
    expect(isNothing({ ...difference, changed: [] })).toBe(false);
    const without = differenceOf({ ...TEMPLATE, environmentVariables: {} }, deployed);
    expect(removalQuestion([without])).toContain('VIEW_TOKENS, channel ops, channel night');
  });

  it('asks before a variable vanishes that this version does not know at all', () => {
    const deployed = {
      ...DEPLOYED,
      environmentVariables: { ...DEPLOYED.environmentVariables, TEAMS_WEBHOOK: 'https://secret' },
    };

    expect(removalQuestion([differenceOf(TEMPLATE, deployed)])).toContain('TEAMS_WEBHOOK');
  });

  it('shows settings with both values, and code by its version', () => {
    const settings = { ...DEPLOYED.settings, timeout: 30, description: 'ecs-watch 0.0.9 bbbb' };
    const difference = differenceOf(TEMPLATE, { ...DEPLOYED, settings, reservedConcurrency: null });

    expect(differenceLines([difference])).toEqual([
      'ecs-watch-watch',
      '  setting   timeout: 30 → 50',
      '  code      ecs-watch 0.0.9 bbbb → ecs-watch 0.1.0 aaaa',
      '  setting   reservedConcurrency: none → 1',
    ]);
  });

  it('says that a domain or its certificate differs, and of what it is not', () => {
    const before = describedAs(TEMPLATE.settings.description as string, functionsWith('old key'));
    const after = describedAs(TEMPLATE.settings.description as string, functionsWith('new key'));
    const settings = (description: string) => ({ ...TEMPLATE.settings, description });
    const difference = differenceOf(
      { ...TEMPLATE, settings: settings(after) },
      { ...DEPLOYED, settings: { ...DEPLOYED.settings, description: before } },
    );

    expect(differenceLines([difference])).toEqual([
      'ecs-watch-watch',
      '  setting   domain, certificate, key or limits of queued events',
    ]);
    expect(codeOf(after)).toBe(TEMPLATE.settings.description);
    expect(after).not.toContain('key');
    expect(isOfEcsWatch({ ...DEPLOYED, settings: settings(after), environmentVariables: {} })).toBe(
      true,
    );
  });

  it('finds a timer that was switched off by hand', () => {
    const off = { ...TIMER, triggerConfig: { ...TIMER.triggerConfig, enable: false } };

    expect(differenceOf(TEMPLATE, { ...DEPLOYED, triggers: [off] }).triggers).toEqual([
      'every-minute',
    ]);
  });

  it('is everything where there is no such function, and takes nothing away', () => {
    const difference = differenceOf(TEMPLATE, null);

    expect(differenceLines([difference])).toEqual([
      'ecs-watch-watch: new, with SLACK_WEBHOOK, WATCH_REGIONS',
    ]);
    expect(difference.added).toEqual(['SLACK_WEBHOOK', 'WATCH_REGIONS']);
    expect(removalQuestion([difference])).toBeUndefined();
  });
});
