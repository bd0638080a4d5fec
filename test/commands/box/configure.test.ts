import { configureBox } from '../../../commands/box/configure.ts';
import { ROOT } from '../../../commands/bundle.ts';
import { deployedVariables } from '../../../commands/watch-file/deployed.ts';
import { ConfigError } from '../../../shared/config/environment.ts';

const TEMPLATES = deployedVariables(ROOT);
const OWN = { endpoint: 'http://127.0.0.1:7821', instance: 'ecs-watch' };
const GOOD = {
  WATCH_REGIONS: 'cn-hangzhou',
  SLACK_WEBHOOK: 'https://hooks.slack.com/services/T/B/secret',
  VIEW_TOKEN: 'a-token-of-the-view-1',
  HOME: '/home/somewhere',
};

describe('the configuration of a box', () => {
  it('is that of the functions, over the tables of the box, and nothing else of the shell', () => {
    const { watch, view, isViewOpen } = configureBox(GOOD, TEMPLATES, OWN, undefined);

    expect(watch).toMatchObject({
      WATCH_REGIONS: 'cn-hangzhou',
      SLACK_WEBHOOK: GOOD.SLACK_WEBHOOK,
      TABLESTORE_ENDPOINT: OWN.endpoint,
      TABLESTORE_INSTANCE: OWN.instance,
    });
    expect(view).toMatchObject({ VIEW_TOKEN: GOOD.VIEW_TOKEN, VIEW_PUBLIC: '' });
    expect(view).not.toHaveProperty('SLACK_WEBHOOK');
    expect(watch).not.toHaveProperty('HOME');
    expect(isViewOpen).toBe(false);
  });

  it('opens the view, which only this machine reaches, where there is no token', () => {
    const { view, isViewOpen } = configureBox(
      { ...GOOD, VIEW_TOKEN: '' },
      TEMPLATES,
      OWN,
      undefined,
    );

    expect({ isViewOpen, VIEW_PUBLIC: view.VIEW_PUBLIC }).toEqual({
      isViewOpen: true,
      VIEW_PUBLIC: 'true',
    });
  });

  it('refuses everything that is wrong at once, each problem once and without a value', () => {
    const wrong = {
      WATCH_ZONE: 'SECRET zone',
      SLACK_WEBHOOK: 'http://SECRET',
      VIEW_TOKEN: 'SECRET',
      HEALTH_FAILED_SCANS: 'SECRET',
      TABLESTORE_ENDPOINT: 'https://other.cn-hangzhou.ots.aliyuncs.com',
    };

    const problems = problemsOf(() => configureBox(wrong, TEMPLATES, OWN, 'no credentials: …'));

    expect(problems.join('\n')).not.toContain('SECRET');
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'SLACK_WEBHOOK',
      'WATCH_ZONE',
      'WATCH_REGIONS',
      'HEALTH_FAILED_SCANS',
      'VIEW_TOKEN',
      'no',
      'TABLESTORE_ENDPOINT',
    ]);
  });

  it('may name the tables of the box itself, so that other commands find them', () => {
    const own = { TABLESTORE_ENDPOINT: OWN.endpoint, TABLESTORE_INSTANCE: OWN.instance };

    expect(() => configureBox({ ...GOOD, ...own }, TEMPLATES, OWN, undefined)).not.toThrow();
  });
});

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
