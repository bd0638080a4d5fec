import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateCustomDomainInput } from '@alicloud/fc20230330/dist/models/CreateCustomDomainInput.js';
import { CreateFunctionInput } from '@alicloud/fc20230330/dist/models/CreateFunctionInput.js';
import { CreateTriggerInput } from '@alicloud/fc20230330/dist/models/CreateTriggerInput.js';
import { EventBridgeTriggerConfig } from '@alicloud/fc20230330/dist/models/EventBridgeTriggerConfig.js';
import { HTTPTriggerConfig } from '@alicloud/fc20230330/dist/models/HttptriggerConfig.js';
import { PathConfig } from '@alicloud/fc20230330/dist/models/PathConfig.js';
import { PutAsyncInvokeConfigInput } from '@alicloud/fc20230330/dist/models/PutAsyncInvokeConfigInput.js';
import { PutConcurrencyInput } from '@alicloud/fc20230330/dist/models/PutConcurrencyInput.js';
import { TimerTriggerConfig } from '@alicloud/fc20230330/dist/models/TimerTriggerConfig.js';
import { parse } from 'yaml';
import { overlayOf } from '../../../commands/deploy/core/overlay.ts';
import { functionsOf } from '../../../commands/deploy/core/template.ts';

const S_YAML = readFileSync(join(__dirname, '..', '..', '..', 's.yaml'), 'utf8');

/** A model of the official client: its properties, and the type of each. */
interface Model {
  types(): Readonly<Record<string, unknown>>;
}

const CONFIG_OF_TRIGGER: Readonly<Record<string, Model>> = {
  timer: TimerTriggerConfig,
  http: HTTPTriggerConfig,
  eventbridge: EventBridgeTriggerConfig,
};

describe('the functions that s.yaml describes', () => {
  it('have the name of their environment, and ecs-watch without one', () => {
    const named = functionsOf([S_YAML], { ECS_WATCH_NAME: 'shop-test' });
    const usual = functionsOf([S_YAML], {});

    expect([named.watch.functionName, named.view.settings.role]).toEqual([
      'shop-test-watch',
      'shop-test-reader',
    ]);
    expect([usual.watch.functionName, usual.view.functionName]).toEqual([
      'ecs-watch-watch',
      'ecs-watch-view',
    ]);
  });

  it('have the variables of the environment, and no variable that is empty there', () => {
    const { watch, view } = functionsOf([S_YAML], {
      WATCH_REGIONS: 'cn-hangzhou',
      SLACK_WEBHOOK: 'https://hooks.slack.com/x',
      DEPLOY_REGION: '',
    });

    expect(watch.environmentVariables).toMatchObject({
      WATCH_REGIONS: 'cn-hangzhou',
      SLACK_WEBHOOK: 'https://hooks.slack.com/x',
      DINGTALK_WEBHOOK: '',
    });
    expect(view.environmentVariables).not.toHaveProperty('SLACK_WEBHOOK');
    expect(watch.settings).not.toHaveProperty('region');
  });

  it('take what another template lays over them', () => {
    const overlay = 'extend: ./s.yaml\nresources: {view: {props: {timeout: 20, memorySize: 1024}}}';

    const { watch, view } = functionsOf([S_YAML, overlay], {});

    expect(view.settings).toMatchObject({
      timeout: 20,
      memorySize: 1024,
      handler: 'index.handler',
    });
    expect(watch.settings).toMatchObject({ timeout: 50, memorySize: 512 });
  });
});

describe('the names in s.yaml', () => {
  const template = parse(S_YAML, { merge: true });

  it.each(['watch', 'view'])('of %s are those that Function Compute has, of its types', (name) => {
    expect(strangersIn(template.resources[name].props)).toEqual([]);
  });

  it('are so, too, where everything is switched on that .env can', () => {
    const overlay = parse(
      overlayOf({
        DEPLOY_LOG_PROJECT: 'logs',
        DEPLOY_DOMAIN: 'watch.example.com',
        DEPLOY_DOMAIN_CERTIFICATE: 'certificate',
        DEPLOY_DOMAIN_KEY: 'key',
        WATCH_PUSH: 'true',
      }) ?? '',
    );

    const { watch, scan, view } = overlay.resources;
    expect(Object.keys(view.props)).toEqual(['logConfig', 'customDomain']);
    expect(scan.props.triggers).toMatchObject([{ triggerType: 'eventbridge' }]);
    expect([watch, scan, view].flatMap(({ props }) => strangersIn(props))).toEqual([]);
  });

  it('are named, with their place, where Function Compute has another one', () => {
    const props = {
      timeOut: 10,
      cpu: '0.35',
      logConfig: { projekt: 'logs' },
      concurrencyConfig: { reserved: 1 },
      asyncInvokeConfig: { qualifier: 'LATEST', maxAsyncRetries: 0 },
      triggers: [
        { triggerNam: 'a', triggerType: 'timer', triggerConfig: { cron: '@every 1m' } },
        { triggerType: 'http', triggerConfig: { auth: 'anonymous', methods: 'GET' } },
      ],
      customDomain: { domain: 'auto', route: { paths: '/*' }, certConfig: { name: 'x' } },
    };

    expect(strangersIn(props)).toEqual([
      'timeOut',
      'cpu',
      'logConfig.projekt',
      'concurrencyConfig.reserved',
      'asyncInvokeConfig.maxAsyncRetries',
      'customDomain.domain',
      'customDomain.certConfig.name',
      'customDomain.route.paths',
      'triggers.0.triggerNam',
      'triggers.0.triggerConfig.cron',
      'triggers.1.triggerConfig.auth',
      'triggers.1.triggerConfig.methods',
    ]);
  });
});

/** Properties of a function that no request to Function Compute has, or has with another type. */
function strangersIn(props: Readonly<Record<string, unknown>>): readonly string[] {
  // The component takes `region` and `code` itself, and makes requests of their own from the last four.
  const { region: _region, code: _code, ...others } = props;
  const { triggers = [], concurrencyConfig, asyncInvokeConfig, customDomain, ...own } = others;
  const { qualifier: _qualifier, ...config } = Object(asyncInvokeConfig);
  const { route, ...domain } = Object(customDomain);
  return [
    ...strangers(own, CreateFunctionInput, ''),
    ...strangers(concurrencyConfig, PutConcurrencyInput, 'concurrencyConfig.'),
    ...strangers(config, PutAsyncInvokeConfigInput, 'asyncInvokeConfig.'),
    ...strangers(domain, CreateCustomDomainInput, 'customDomain.'),
    ...strangers(route, PathConfig, 'customDomain.route.'),
    ...(triggers as readonly Readonly<Record<string, unknown>>[]).flatMap((trigger, at) => {
      const { triggerConfig, ...rest } = trigger;
      const model = CONFIG_OF_TRIGGER[String(trigger.triggerType)];
      return [
        ...strangers(rest, CreateTriggerInput, `triggers.${at}.`),
        ...strangers(triggerConfig, model, `triggers.${at}.triggerConfig.`),
      ];
    }),
  ];
}

function strangers(value: unknown, model: Model | undefined, place: string): readonly string[] {
  const types = model?.types() ?? {};
  return Object.entries(Object(value)).flatMap(([name, item]) => {
    const type = types[name];
    if (typeof type === 'function') {
      return strangers(item, type as unknown as Model, `${place}${name}.`);
    }
    return isOf(item, type) ? [] : [`${place}${name}`];
  });
}

/** `type`: `string`, `{ type: 'array' }` or the like; undefined: there is no such property. */
function isOf(item: unknown, type: unknown): boolean {
  if (typeof type === 'string') return typeof item === type;
  const { type: kind } = Object(type) as { readonly type?: unknown };
  return kind === 'array' ? Array.isArray(item) : kind === 'map' && typeof item === 'object';
}
