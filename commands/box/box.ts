import { systemClock } from '../../local/clock.ts';
import {
  type FunctionOptions,
  type FunctionRuntime,
  type InvocationResult,
  type LogLine,
  type Platform,
  startFunction,
  startHttpTrigger,
} from '../../local/fc/index.ts';
import { LOCAL_INSTANCE } from '../../local/index.ts';
import { startTablestore } from '../../local/tablestore/index.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { reasonOf } from '../../shared/ports/reason.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import type { BoxConfig, BoxTablestore } from './configure.ts';
import type { KeyRing } from './credentials.ts';
import { ownData, placesIn } from './data-folder.ts';
import { runTicks } from './ticks.ts';

/** As in s.yaml. */
const WATCH_TIMEOUT_SECONDS = 50;
const VIEW_TIMEOUT_SECONDS = 10;
const VIEW_INSTANCES = 10;
const VIEW_METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

export interface BoxOptions {
  readonly data: string;
  /** Of the view; Tablestore listens on the next one. 0: any free ones. */
  readonly port: number;
  readonly periodMs: number;
  readonly keys: KeyRing;
  /** The configuration over the address of the box's own Tablestore. */
  configure(tablestore: BoxTablestore): BoxConfig;
  /** Bundles both functions into this folder; returns the one that holds them. */
  build(functions: string, config: BoxConfig): Promise<string>;
  /** When a tick has ended. */
  onTick(outcome: TickOutcome): void;
  onLog(line: LogLine): void;
}

/** A tick's report, or why there is none. */
export type TickOutcome = { readonly report: WatchReport } | { readonly failure: string };

export interface Box {
  readonly view: string;
  readonly tablestore: string;
  readonly data: string;
  readonly isViewOpen: boolean;
  /** Ticks until `stopping` is aborted, to the end of the one that runs. */
  run(stopping: AbortSignal): Promise<void>;
  /** Ends a running tick at once. */
  close(): Promise<void>;
}

/** One box: the journal on its disk, and both functions from the bundles that would be deployed. */
export async function startBox(options: BoxOptions): Promise<Box> {
  const { data, port, keys, periodMs, onTick, onLog } = options;
  const places = placesIn(data);
  const owned = await ownData(data, 'npm start -- --real', systemClock.now());
  const closers: (() => Promise<void>)[] = [() => owned.release()];
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const tablestore = await startTablestore({
      port: port === 0 ? 0 : port + 1,
      data: places.tables,
      instance: LOCAL_INSTANCE,
      accessKeys: keys.accepted,
    });
    closers.push(() => tablestore.close());
    const config = options.configure({ endpoint: tablestore.url, instance: LOCAL_INSTANCE });
    const codeDir = await options.build(places.functions, config);
    const platformOf = (credentials: () => Credentials): Platform => ({
      get credentials() {
        return credentials();
      },
      region: '',
      clock: systemClock,
      onLog,
    });
    const start = (
      name: 'watch' | 'view',
      settings: Pick<FunctionOptions, 'timeoutSeconds' | 'reservedConcurrency'>,
    ): FunctionRuntime => {
      const options: FunctionOptions = {
        ...settings,
        name: `ecs-watch-${name}`,
        codeDir: `${codeDir}/${name}`,
        handler: 'index.handler',
        environment: config[name],
      };
      const started = startFunction(
        options,
        platformOf(() => (name === 'view' ? keys.view : keys.own)),
      );
      closers.push(() => started.close());
      return started;
    };
    const watch = start('watch', { timeoutSeconds: WATCH_TIMEOUT_SECONDS, reservedConcurrency: 1 });
    const view = start('view', {
      timeoutSeconds: VIEW_TIMEOUT_SECONDS,
      reservedConcurrency: VIEW_INSTANCES,
    });
    const page = await startHttpTrigger({ target: view, port, methods: VIEW_METHODS });
    closers.push(() => page.close());
    const tick = async (): Promise<void> => {
      const unrenewed = await keys.renew().catch((error: unknown) => reasonOf(error));
      // The last keys may still be valid; if they are not, the tick says so.
      if (unrenewed !== undefined)
        onTick({ failure: `the credentials of before are used: ${unrenewed}` });
      onTick(outcomeOf(await watch.invoke(TIMER_EVENT)));
    };
    return {
      view: page.url,
      tablestore: tablestore.url,
      data: places.folder,
      isViewOpen: config.isViewOpen,
      run: (stopping) => runTicks(tick, { now: systemClock.now, periodMs, stopping }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const TIMER_EVENT = Buffer.from(JSON.stringify({ triggerName: 'box', payload: '' }));

function outcomeOf(result: InvocationResult): TickOutcome {
  switch (result.kind) {
    case 'returned':
      return { report: JSON.parse(result.body.toString()) as WatchReport };
    case 'failed':
      return { failure: `the tick failed: ${result.error.errorMessage}` };
    case 'throttled':
      return { failure: 'the tick before still runs' };
  }
}
