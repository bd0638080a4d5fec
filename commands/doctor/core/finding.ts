import { type Finding, note, problem } from '../../../shared/doctor/core/finding.ts';

/** Where something is fixed. */
export interface Place {
  readonly host?: string;
  readonly variables?: readonly string[];
  /** Names of the console's pages, from the outside in. */
  readonly console?: string;
}

/** What is wrong with the world around what is stored. */
export type WorldFinding = Finding & Place;

/** What one examination has shown: `facts` are sentences about what is right, or could not be examined. */
export interface Check {
  readonly findings: readonly WorldFinding[];
  readonly facts: readonly string[];
}

export const NOTHING: Check = { findings: [], facts: [] };

export function wrong(kind: string, text: string, advice: string, place: Place = {}): WorldFinding {
  return problem(kind, text, advice, { ...place });
}

export function remark(
  kind: string,
  text: string,
  advice: string,
  place: Place = {},
): WorldFinding {
  return note(kind, text, advice, { ...place });
}

export function facts(...texts: readonly string[]): Check {
  return { findings: [], facts: texts };
}

export function findings(...found: readonly WorldFinding[]): Check {
  return { findings: found, facts: [] };
}

export function allChecks(checks: readonly Check[]): Check {
  return {
    findings: checks.flatMap((check) => check.findings),
    facts: checks.flatMap((check) => check.facts),
  };
}

/** `host · variable · page of the console`; empty where nothing of it is known. */
export function placeText({ host, variables = [], console }: Place): string {
  return [host, ...variables, console].filter((part) => part !== undefined).join(' · ');
}
