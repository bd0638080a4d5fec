import { watchHandler } from '../../functions/watch/index.ts';
import { LOCAL_KEYS, startLocalCloud } from '../../local/index.ts';
import { CHANNEL_KINDS } from '../../shared/channels/index.ts';

it('ends within its time limit although a receiver hangs', async () => {
  const cloud = await startLocalCloud({ fleetSize: 5 });
  try {
    const environment = { ...cloud.environment, WATCH_TIMEOUT_SECONDS: '12' };
    const handler = watchHandler(environment, () => undefined);
    const tick = () => handler(Buffer.from(''), { credentials: LOCAL_KEYS });
    await tick();
    cloud.channels.setFaults('webhook', [{ kind: 'latency', latencyMs: 60_000 }]);
    const [first] = cloud.ecs.fleet.instances('cn-hangzhou');
    cloud.ecs.fleet.release([first?.id ?? '']);

    const report = await tick();

    expect(report.ms).toBeLessThan(12_000);
    const backlogs = report.channels.map(({ channel, backlog }) => [channel, backlog > 0]);
    expect(backlogs).toEqual(CHANNEL_KINDS.map(({ kind }) => [kind, kind === 'webhook']));
  } finally {
    await cloud.close();
  }
}, 60_000);
