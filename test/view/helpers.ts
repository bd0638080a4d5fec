import { type CallTotals, type Health, NEW_HEALTH } from '../../shared/core/health.ts';
import type { Change, Commit, Notice, Scope } from '../../shared/core/model.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import type { ViewAnswer } from '../../shared/view/core/answer.ts';
import { type ViewRequest, wantsHtml } from '../../shared/view/core/request.ts';
import type { ViewPorts } from '../../shared/view/ports.ts';
import { queryMemory } from '../../shared/view/query-memory.ts';
import { stateMemory } from '../../shared/view/state-memory.ts';
import { view } from '../../shared/view/view.ts';
import { aScope } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { expectDocumented, type Json } from './documented.ts';

export const HANGZHOU: Scope = aScope('cn-hangzhou');
export const SHANGHAI: Scope = aScope('cn-shanghai');

export const START_MS = Date.parse('2026-11-22T10:00:00.000Z');
const MINUTE_MS = 60_000;

/** The time of the commit `seq` that `record` writes: one a minute. */
export function commitTime(seq: number): number {
  return START_MS + seq * MINUTE_MS;
}

export function isoCommitTime(seq: number): string {
  return new Date(commitTime(seq)).toISOString();
}

/** `record` writes commits in order, each a minute after the one before. */
export interface Recorder {
  record(changes: readonly Change[], notice?: Notice): Promise<Commit>;
  /** By default the last complete scan ended with the last commit. */
  saveHealth(changes?: Partial<Health>, sent?: CallTotals): Promise<void>;
}

/** `begin`: the last commit that is there already. */
export function recorder(journal: Journal, scope: Scope, begin = 0): Recorder {
  let seq = begin;
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
    async saveHealth(changes = {}, sent) {
      const lastGoodAtMs = commitTime(seq);
      await journal.saveHealth(
        scope,
        { ...NEW_HEALTH, lastGoodAtMs, ...changes },
        sent && { add: sent },
      );
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

/** The `Accept` header of a browser. */
export const BROWSER = new Map([['accept', 'text/html,application/xhtml+xml,*/*;q=0.8']]);

/** A view of a journal in memory, at the time `nowMs`. */
export interface TestView {
  readonly journal: MemoryJournal;
  readonly ports: ViewPorts;
  nowMs: number;
  ask(
    path: string,
    request?: Partial<ViewRequest>,
  ): Promise<ViewAnswer & { readonly body: string }>;
  /** The parsed body of a GET with this status. */
  json(path: string, status?: number): Promise<Json>;
}

export type { Json };

export function testView(
  scopes: readonly Scope[] = [HANGZHOU],
  journal: MemoryJournal = memoryJournal(),
): TestView {
  const test: TestView = {
    journal,
    ports: {
      journal,
      scopes,
      readings: new Map(),
      queries: queryMemory(),
      states: stateMemory(),
      now: () => test.nowMs,
    },
    nowMs: START_MS,
    async ask(address, request = {}) {
      const { pathname, searchParams } = new URL(address, 'http://view');
      const asked: ViewRequest = {
        method: 'GET',
        path: pathname.split('/').filter(Boolean).map(decodeURIComponent),
        query: new Map(searchParams),
        headers: new Map(),
        body: Buffer.alloc(0),
        access: 'granted',
        ...request,
      };
      const answer = await view(test.ports, asked);
      const read = { ...answer, body: Buffer.from(answer.body).toString() };
      // Whatever a test asks, the document must describe the answer. It does not describe the page.
      if (!wantsHtml(asked)) expectDocumented(asked.path, asked.method, read);
      return read;
    },
    async json(address, status = 200) {
      const answer = await test.ask(address);
      const body: Json = JSON.parse(answer.body);
      expect({ status: answer.status, body }).toEqual({ status, body });
      return body;
    },
  };
  return test;
}

/** Two regions; web-1 was stopped, i-2 was released, i-9 appeared. */
export async function smallFleet(): Promise<TestView> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const hangzhou = recorder(test.journal, HANGZHOU);
  await hangzhou.record([appeared('i-1', 'Running', 'web-1'), appeared('i-2')], BASELINE);
  await hangzhou.record([moved('i-1', 'Running', 'Stopping'), moved('i-2', 'Running', 'Stopped')]);
  await hangzhou.record([moved('i-1', 'Stopping', 'Stopped'), moved('i-2', 'Stopped', null)]);
  await hangzhou.saveHealth();
  const shanghai = recorder(test.journal, SHANGHAI);
  await shanghai.record([appeared('i-8')], BASELINE);
  await shanghai.record([appeared('i-9', 'Pending')]);
  await shanghai.saveHealth({ lastGoodAtMs: commitTime(3) });
  test.nowMs = commitTime(3) + 42_000;
  return test;
}
