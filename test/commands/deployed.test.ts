import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../commands/bundle.ts';
import { deployedVariables, deploymentProblems } from '../../commands/watch-file/deployed.ts';
import { prepareFile } from '../../commands/watch-file/prepare.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { unseal } from '../../shared/config/sealed.ts';

const KEY = '0123456789abcdef'.repeat(4);
const SLACK = 'https://hooks.slack.com/services/T0/B0/abcdefgh';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecs-watch-deployed-'));
  writeFileSync(
    join(folder, 'watch.yaml'),
    `channels: [{ name: ops, kind: slack, webhook: "\${env:OPS_WEBHOOK}" }]\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what npm run build says of the variables that the file needs', () => {
  const deployed = deployedVariables(ROOT);

  it('is which lines s.yaml lacks', () => {
    const problems = problemsOf({ OPS_WEBHOOK: SLACK });

    expect(problems).toEqual([
      expect.stringMatching(
        /^no template passes.*\n {4}OPS_WEBHOOK: \$\{env\('OPS_WEBHOOK'\)\}\n/su,
      ),
    ]);
  });

  it('is nothing once a template passes them', () => {
    writeFileSync(
      join(folder, 's.prod.yaml'),
      `props: &props { environmentVariables: { OPS_WEBHOOK: "\${env('OPS_WEBHOOK')}" } }\n` +
        'resources: { watch: { props: *props }, scan: { props: *props } }\n',
    );
    const added = deployedVariables(folder);
    const watch = new Map([...deployed.watch, ...added.watch]);
    const scan = new Map([...deployed.scan, ...added.scan]);
    const all = { ...deployed, watch, scan };

    const { file, variables } = prepareFile(environmentWith({ OPS_WEBHOOK: SLACK }), all);

    expect(variables).toEqual(['OPS_WEBHOOK']);
    expect(file?.sealed).toBeUndefined();
  });

  it('is nothing with a key: the values are embedded, encrypted', () => {
    const environment = environmentWith({ OPS_WEBHOOK: SLACK, WATCH_CONFIG_KEY: KEY });

    const { file, variables } = prepareFile(environment, deployed);

    expect(variables).toEqual([]);
    expect(unseal(file?.sealed ?? '', KEY)).toEqual({ OPS_WEBHOOK: SLACK });
  });

  it('is which of them is not set, where the file refers to it', () => {
    expect(problemsOf({ WATCH_CONFIG_KEY: KEY })).toEqual([
      expect.stringContaining(':1:47 channels[0].webhook refers to OPS_WEBHOOK, which is not set'),
    ]);
  });

  it('is the size of each, the largest first, when there are too many bytes', () => {
    const environment = { WEBHOOK_URL: 'x'.repeat(3_000), SLACK_WEBHOOK: 'y'.repeat(1_000) };
    const problems = deploymentProblems([], deployed, environment);

    expect(problems).toEqual([
      expect.stringMatching(
        /^the variables of the watch function have \d{4} bytes, and Function Compute takes 4096/u,
      ),
    ]);
    expect(problems[0]).toContain('\n    WEBHOOK_URL: 3011\n    SLACK_WEBHOOK: 1013\n');
  });

  it('is the same of the view, whose tokens may be many', () => {
    const environment = { VIEW_TOKENS: 'x'.repeat(4_000) };

    expect(deploymentProblems([], deployed, environment)).toEqual([
      expect.stringMatching(/^the variables of the view function .*\n {4}VIEW_TOKENS: 4011\n/su),
    ]);
  });

  it('is no word about what s.yaml passes by itself', () => {
    expect(deployed.watch.get('WATCH_REGIONS')).toBe(`\${env('WATCH_REGIONS', '')}`);
    expect(deploymentProblems([], deployed, {})).toEqual([]);
  });

  function problemsOf(environment: Environment): readonly string[] {
    try {
      prepareFile(environmentWith(environment), deployed);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems;
    }
  }

  function environmentWith(more: Environment): Environment {
    return { WATCH_CONFIG: join(folder, 'watch.yaml'), ...more };
  }
});
