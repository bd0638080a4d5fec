import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ManualClock, manualClock } from '../../../local/clock.ts';
import {
  type FunctionOptions,
  type FunctionRuntime,
  type InvocationResult,
  type LogLine,
  type Platform,
  startFunction,
} from '../../../local/fc/index.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

/** Functions of one test file: deployed from source text, and stopped together. */
export interface Workshop {
  readonly clock: ManualClock;
  readonly lines: LogLine[];
  /** Writes `code` as a bundle's `index.js` and starts it. */
  deploy(
    code: string,
    options?: Partial<FunctionOptions>,
    platform?: Partial<Platform>,
  ): Promise<FunctionRuntime>;
  close(): Promise<void>;
}

export function openWorkshop(): Workshop {
  const clock = manualClock(NOW_MS);
  const lines: LogLine[] = [];
  const functions: FunctionRuntime[] = [];
  const folders: string[] = [];
  return {
    clock,
    lines,
    async deploy(code, options, platform) {
      const codeDir = await mkdtemp(join(tmpdir(), 'ecs-watch-fc-'));
      folders.push(codeDir);
      await writeFile(join(codeDir, 'index.js'), code);
      const deployed = startFunction(
        {
          name: 'fixture',
          codeDir,
          handler: 'index.handler',
          timeoutSeconds: 30,
          environment: {},
          ...options,
        },
        {
          credentials: {},
          region: 'cn-hangzhou',
          clock,
          onLog: (line) => lines.push(line),
          ...platform,
        },
      );
      functions.push(deployed);
      return deployed;
    },
    async close() {
      await Promise.all(functions.map((deployed) => deployed.close()));
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
    },
  };
}

/** What the function returned, parsed. @throws with the failure when it did not return. */
export function returned(result: InvocationResult): unknown {
  if (result.kind !== 'returned') throw new Error(JSON.stringify(result));
  return JSON.parse(result.body.toString());
}
