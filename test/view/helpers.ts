import { type Health, NEW_HEALTH } from '../../shared/core/health.ts';
import type { Change, Commit, Notice, Scope } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import type { ViewAnswer, ViewRequest } from '../../shared/view/core/response.ts';
import { type ViewPorts, view } from '../../shared/view/view.ts';
import { aScope } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';

export const HANGZHOU: Scope = aScope('cn-hangzhou');
export const SHANGHAI: Scope = aScope('cn-shanghai');

export const START_MS = Date.parse('2026-11-22T10:00:00.000Z');
const MINUTE_MS = 60_000;

/** The time of the commit `seq`, as `record` dates it: one a minute. */
export function commitTime(seq: number): number {
  return START_MS + seq * MINUTE_MS;
}

export function isoCommitTime(seq: number): string {
  return new Date(commitTime(seq)).toISOString();
}

/** `record` writes commits one after the other, each a minute after the one before. */
export interface Recorder {
  record(changes: readonly Change[], notice?: Notice): Promise<Commit>;
  /** The last complete scan ended with the last commit, unless something else is said. */
  saveHealth(changes?: Partial<Health>): Promise<void>;
}

export function recorder(journal: Journal, scope: Scope): Recorder {
  let seq = 0;
  return {
    async record(changes, notice) {
      seq += 1;
      const commit: Commit = {
        scope: scope.key,
        seq,
        atMs: commitTime(seq),
        previousAtMs: seq === 1 ? null : commitTime(seq - 1),
        tickId: `tick-${seq}`,
        changes,
        ...(notice !== undefined && { notice }),
      };
      await journal.append(commit);
      return commit;
    },
    async saveHealth(changes = {}) {
      const lastGoodAtMs = commitTime(seq);
      await journal.saveHealth(scope, { ...NEW_HEALTH, lastGoodAtMs, ...changes });
    },
  };
}

export const BASELINE: Notice = { kind: 'baseline', instances: 0, last: true };

export function appeared(instanceId: string, to = 'Running', name?: string): Change {
  return { instanceId, from: null, to, ...(name !== undefined && { name }) };
}

export function moved(instanceId: string, from: string, to: string | null): Change {
  return { instanceId, from, to };
}

/** A view over journals in memory; `now` may be moved. */
export interface TestView {
  readonly journal: MemoryJournal;
  readonly ports: ViewPorts;
  nowMs: number;
  ask(path: string, request?: Partial<ViewRequest>): Promise<ViewAnswer>;
  /** The parsed body of a GET with this status. */
  json(path: string, status?: number): Promise<Json>;
  /** The same journal, seen by another instance of the function. */
  cold(): TestView;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests, not by the compiler.
export type Json = any;

export function testView(
  scopes: readonly Scope[] = [HANGZHOU],
  journal: MemoryJournal = memoryJournal(),
): TestView {
  const test: TestView = {
    journal,
    ports: {
      journal,
      scopes,
      channels: ['dingtalk', 'slack'],
      readings: new Map(),
      now: () => test.nowMs,
    },
    nowMs: START_MS,
    ask(address, request = {}) {
      const { pathname, searchParams } = new URL(address, 'http://view');
      return view(test.ports, {
        method: 'GET',
        path: pathname.split('/').filter(Boolean).map(decodeURIComponent),
        query: new Map(searchParams),
        wantsHtml: false,
        access: 'granted',
        ...request,
      });
    },
    async json(address, status = 200) {
      const answer = await test.ask(address);
      const body: Json = JSON.parse(answer.body);
      expect({ status: answer.status, body }).toEqual({ status, body });
      return body;
    },
    cold: () => testView(scopes, journal),
  };
  return test;
}
