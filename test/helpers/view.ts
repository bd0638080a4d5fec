import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../commands/bundle.ts';
import { systemClock } from '../../local/clock.ts';
import { startFunction, startHttpTrigger } from '../../local/fc/index.ts';
import { LOCAL_ROLE_KEYS } from '../../local/index.ts';
import type { Product } from './product.ts';

/** The built view function behind an HTTP trigger of the local Function Compute. */
export interface ServedView {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the view of a product with these settings and those that it requires. */
export async function serveView(
  { cloud }: Product,
  settings: Readonly<Record<string, string>>,
): Promise<ServedView> {
  const outDir = await mkdtemp(join(tmpdir(), 'ecs-watch-view-'));
  await bundleFunctions(outDir, ['view']);
  const { WATCH_REGIONS, ECS_ENDPOINT, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE } =
    cloud.environment;
  const target = startFunction(
    {
      name: 'view',
      codeDir: join(outDir, 'view'),
      handler: 'index.handler',
      timeoutSeconds: 30,
      environment: {
        WATCH_REGIONS: WATCH_REGIONS ?? '',
        ECS_ENDPOINT: ECS_ENDPOINT ?? '',
        TABLESTORE_ENDPOINT: TABLESTORE_ENDPOINT ?? '',
        TABLESTORE_INSTANCE: TABLESTORE_INSTANCE ?? '',
        ...settings,
      },
    },
    {
      credentials: LOCAL_ROLE_KEYS,
      region: 'cn-hangzhou',
      clock: systemClock,
      onLog: () => undefined,
    },
  );
  const trigger = await startHttpTrigger({ target, methods: ['GET', 'HEAD', 'POST', 'OPTIONS'] });
  return {
    url: trigger.url,
    async close() {
      await Promise.all([trigger.close(), target.close()]);
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
