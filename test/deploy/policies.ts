import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './serverless-devs.ts';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: object;
  readonly Condition?: object;
}

/** The statements of `deploy/NAME.policy.json`. */
export function statementsOf(name: string): readonly Statement[] {
  const text = readFileSync(join(ROOT, 'deploy', `${name}.policy.json`), 'utf8');
  const { Version, Statement } = JSON.parse(text);
  if (Version !== '1') throw new Error(`${name}: RAM knows no version ${Version}`);
  return Statement;
}

export function actionsAllowedBy(name: string): readonly string[] {
  return statementsOf(name).flatMap(({ Action }) => Action);
}
