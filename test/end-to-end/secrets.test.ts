import { CHANNEL_KINDS } from '../../shared/channels/index.ts';
import { type Product, startProduct } from '../helpers/product.ts';

describe('secrets', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 12 });
  });
  afterEach(() => product.close());

  it('appear in no log line, report or stored row, whatever fails', async () => {
    const { cloud, environment } = product;
    const secrets = {
      accessKeySecret: environment.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
      accessKeyId: environment.ALIBABA_CLOUD_ACCESS_KEY_ID,
      dingtalkToken: new URL(environment.DINGTALK_WEBHOOK ?? '').searchParams.get('access_token'),
      slackToken: new URL(environment.SLACK_WEBHOOK ?? '').pathname.split('/').at(-1),
      ...secretsOfChannels(environment),
    };
    const reports: unknown[] = [await product.tick()];

    // One after the other, everything fails, with the answers that repeat what they were sent.
    const troubles: (() => void)[] = [
      () => cloud.ecs.setFaults([{ kind: 'denied' }]),
      () =>
        cloud.ecs.setFaults([
          {
            kind: 'error',
            code: 'SignatureDoesNotMatch',
            status: 400,
            message: `server string to sign is:${secrets.accessKeyId}${secrets.accessKeySecret}`,
          },
        ]),
      () =>
        cloud.ecs.setFaults([
          {
            kind: 'error',
            code: 'Strange',
            status: 400,
            message: `key ${secrets.accessKeySecret}`,
          },
        ]),
      () => cloud.ecs.setFaults([{ kind: 'reset' }]),
      () => cloud.tablestore.setFaults([{ kind: 'error', code: 'OTSServerUnavailable' }]),
      () => cloud.tablestore.setFaults([{ kind: 'reset', operations: ['GetRange'] }]),
      () => {
        const body = `you sent ${environment.DINGTALK_WEBHOOK} ${environment.DINGTALK_SECRET}`;
        const errmsg = JSON.stringify({ errcode: 310000, errmsg: body });
        cloud.channels.setFaults('dingtalk', [{ kind: 'answer', status: 200, body: errmsg }]);
        const echo = `no ${environment.SLACK_WEBHOOK}`;
        cloud.channels.setFaults('slack', [{ kind: 'answer', status: 403, body: echo }]);
        cloud.channels.setFaults('webhook', [{ kind: 'reset' }]);
        const sent = `${environment.FEISHU_WEBHOOK} ${environment.FEISHU_SECRET}`;
        const msg = JSON.stringify({ code: 19021, msg: sent });
        cloud.channels.setFaults('feishu', [{ kind: 'answer', status: 200, body: msg }]);
        const invalid = JSON.stringify({ errcode: 93000, errmsg: environment.WECOM_WEBHOOK });
        cloud.channels.setFaults('wecom', [{ kind: 'answer', status: 200, body: invalid }]);
      },
    ];
    for (const makeTrouble of troubles) {
      makeTrouble();
      const [first] = cloud.ecs.fleet.instances('cn-hangzhou');
      cloud.ecs.fleet.release([first?.id ?? '']);
      reports.push(await product.anotherWatch()());
      cloud.ecs.setFaults([]);
      cloud.tablestore.setFaults([]);
    }
    const wrongKeys = await product.anotherWatch({
      TABLESTORE_ENDPOINT: 'http://127.0.0.1:9',
    })();
    reports.push(wrongKeys);

    const stored = await storedText(product);

    for (const [name, secret] of Object.entries(secrets)) {
      const value = secret ?? '';
      expect(value.length).toBeGreaterThan(8);
      for (const [place, text] of [
        ['logs', product.logs.join('\n')],
        ['reports', JSON.stringify(reports)],
        ['rows', stored],
      ] as const) {
        for (const form of [value, encodeURIComponent(value)]) {
          expect({ name, place, leaks: text.includes(form) }).toEqual({
            name,
            place,
            leaks: false,
          });
        }
      }
    }
    // Without failures this test would prove nothing.
    expect(reports.filter((report) => !(report as { ok: boolean }).ok).length).toBe(
      troubles.length + 1,
    );
  });

  it('may be ordinary words: a webhook address with one in its query breaks no report', async () => {
    const tick = product.anotherWatch({
      WEBHOOK_URL: `${product.environment.WEBHOOK_URL}?wait=true`,
    });

    expect(await tick()).toMatchObject({ ok: true, scopes: [{ ok: true, instances: 12 }] });
  });
});

/** The values of all variables that a kind of channel marks as secret. */
function secretsOfChannels(environment: Product['environment']) {
  const variables = CHANNEL_KINDS.flatMap((kind) => Object.values(kind.variables));
  const secret = variables.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  return Object.fromEntries(secret.map((name) => [name, environment[name]]));
}

/** Every text column of both tables, read by the official client. */
async function storedText({ cloud, environment }: Product) {
  const TableStore = await import('tablestore');
  const client = new TableStore.Client({
    accessKeyId: environment.ALIBABA_CLOUD_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? '',
    endpoint: cloud.tablestore.url,
    instancename: environment.TABLESTORE_INSTANCE ?? '',
    maxRetries: 0,
    httpOptions: { timeout: 5_000 },
  });
  const rows = await Promise.all(
    [
      ['ecs_watch_journal', 'seq'],
      ['ecs_watch_state', 'item'],
    ].map(([tableName, second]) =>
      client.getRange({
        tableName,
        direction: TableStore.Direction.FORWARD,
        inclusiveStartPrimaryKey: [
          { scope: TableStore.INF_MIN },
          { [second ?? '']: TableStore.INF_MIN },
        ],
        exclusiveEndPrimaryKey: [
          { scope: TableStore.INF_MAX },
          { [second ?? '']: TableStore.INF_MAX },
        ],
      }),
    ),
  );
  const text = JSON.stringify(rows.flatMap((answer) => answer.rows ?? []));
  expect(text).toContain('cn-hangzhou');
  expect(text).toContain('dingtalk');
  return text;
}
