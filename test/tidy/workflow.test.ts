import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '..', '..');
const workflow = parse(readFileSync(join(ROOT, '.github/workflows/test.yml'), 'utf8'));
const job = workflow.jobs.test;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

describe('the workflow that tests each push', () => {
  it('runs the test command of the README, and nothing else', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, command] = /Run all checks:\s+```\n(.+)\n```/u.exec(readme) ?? [];

    expect(job.steps.flatMap(({ run }: Step) => run ?? [])).toEqual([command]);
  });

  it('runs on the version of Function Compute and on the one after it', () => {
    expect(job.strategy.matrix.node).toEqual([20, 22]);
  });

  // A tag can be moved to other code, a commit cannot.
  it('pins each action by the hash of a commit', () => {
    const actions = job.steps.flatMap(({ uses }: Step) => uses ?? []);

    expect(actions.map((action: string) => action.replace(/@[0-9a-f]{40}$/u, ''))).toEqual([
      'actions/checkout',
      'actions/setup-node',
    ]);
  });

  it('may read the code alone, ends in time, and is ended by a newer push', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(job.permissions).toBeUndefined();
    expect(job.steps[0].with).toEqual({ 'persist-credentials': false });
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(workflow.concurrency['cancel-in-progress']).toBe(true);
  });
});
