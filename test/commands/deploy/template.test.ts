import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionsOf } from '../../../commands/deploy/core/template.ts';

const S_YAML = readFileSync(join(__dirname, '..', '..', '..', 's.yaml'), 'utf8');

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
