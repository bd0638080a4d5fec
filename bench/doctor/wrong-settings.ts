import {
  UpdateFunctionInput,
  UpdateFunctionRequest,
  UpdateTriggerInput,
  UpdateTriggerRequest,
} from '@alicloud/fc20230330';
import { opened } from '../../commands/setup/core/opening.ts';
import {
  type Examining,
  type FirstHour,
  type Said,
  type Variables,
  writeWatchFile,
} from './first-hour.ts';

/** A setting of the first hour that is wrong, and what names it. */
export interface WrongSetting extends Examining {
  readonly what: string;
  /** Makes it wrong; the variables that are set besides. */
  readonly arrange: (hour: FirstHour) => Variables | Promise<Variables>;
  readonly doctor: RegExp;
  /** Absent: it is in what is deployed, which no tick on another machine looks at. */
  readonly watch?: RegExp;
  /** A tick makes tables, which the doctor would then find. */
  readonly isDoctorFirst?: boolean;
}

const set = (variables: Variables) => () => variables;
/** Where nothing listens. */
const NOWHERE = 'http://127.0.0.1:1';

const deny =
  (action: string) =>
  (hour: FirstHour): Variables => {
    hour.cloud.account.ram.userPolicy = {
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: action, Resource: '*' },
      ],
    };
    return {};
  };

export const WRONG_SETTINGS: readonly WrongSetting[] = [
  {
    what: 'the id of the key',
    arrange: set({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tNoSuchKey000000000' }),
    doctor: /The key is refused by STS: InvalidAccessKeyId.*npm run configure/u,
    watch: /OTSAuthFailed: .*access key id is wrong/u,
  },
  {
    what: 'the secret of the key',
    arrange: set({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret-of-a-stranger-0000000000' }),
    doctor: /The key is refused by STS: SignatureDoesNotMatch.*npm run configure/u,
    watch: /OTSAuthFailed: .*secret of the access key is wrong/u,
  },
  {
    what: 'a line end within the key',
    arrange: set({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIlocal\rcloud0000000000' }),
    doctor: /access key id .*holds a character that no key has.*copy it again/u,
    watch: /access key id .*holds a character that no key has.*copy it again/u,
  },
  {
    what: 'the role of another account',
    arrange: (hour) => ({
      WATCH_CONFIG: writeWatchFile(
        hour,
        'accounts:\n  - alias: factory\n    roleArn: acs:ram::2000000000000002:role/gone\n    regions: [cn-hangzhou]\n',
      ),
    }),
    doctor: /ECS cannot be read for factory\/\*: EntityNotExist\.Role: .*WATCH_CONFIG.*--member/u,
    watch: /EntityNotExist\.Role: .*roleArn in WATCH_CONFIG/u,
  },
  {
    what: 'a region that does not exist',
    arrange: set({ WATCH_REGIONS: 'cn-nowhere' }),
    doctor: /The region cn-nowhere does not exist for this account.*Correct WATCH_REGIONS/u,
    watch: /InvalidRegionId\.NotFound: .*check WATCH_REGIONS/u,
  },
  {
    what: 'a region that is misspelt',
    arrange: set({ WATCH_REGIONS: 'cn-hangzou' }),
    doctor: /WATCH_REGIONS .*cn-hangzou.*is cn-hangzhou meant/u,
    watch: /WATCH_REGIONS .*cn-hangzou.*is cn-hangzhou meant/u,
  },
  {
    what: 'the name of a variable, which nothing reads',
    arrange: set({ DINGTALK_SECRT: 'SEC000' }),
    doctor:
      /DINGTALK_SECRT is no variable of ecs-watch.*is DINGTALK_SECRET meant.*Correct its name/u,
  },
  {
    what: 'the name of the instance, or the address of one in another region',
    arrange: set({ TABLESTORE_INSTANCE: 'another' }),
    doctor: /The journal could not be read: OTSAuthFailed: .*TABLESTORE_INSTANCE.*another region/u,
    watch: /OTSAuthFailed: .*TABLESTORE_INSTANCE is wrong, or it is in another region/u,
  },
  {
    what: 'the network switch of the instance',
    arrange: ({ cloud }) => {
      const instance = cloud.account.instances.get('ecs-watch');
      if (instance !== undefined) cloud.account.instances.put({ ...instance, networks: ['VPC'] });
      return {};
    },
    doctor: /OTSAuthFailed: .*network ACL of the instance does not allow this network/u,
    watch: /OTSAuthFailed: .*network ACL of the instance does not allow this network/u,
  },
  {
    what: 'a table of something else',
    arrange: async (hour) => {
      await hour.makeForeignTable('foreign_state');
      await hour.makeForeignTable('foreign_journal');
      return { TABLESTORE_TABLE_PREFIX: 'foreign_' };
    },
    doctor:
      /The table foreign_journal has the primary key \(id STRING\), not \(scope.*TABLESTORE_TABLE_PREFIX/u,
    watch: /OTS\w+: .*TABLESTORE_TABLE_PREFIX/u,
  },
  {
    what: 'the prefix of the tables',
    arrange: async (hour) => {
      await hour.watch({});
      return { TABLESTORE_TABLE_PREFIX: 'unused_' };
    },
    isDoctorFirst: true,
    doctor:
      /has no table unused_journal or unused_state, but those of .*ecs_watch_.*TABLESTORE_TABLE_PREFIX/u,
    watch:
      /has no table unused_journal or unused_state, but those of .*ecs_watch_.*TABLESTORE_TABLE_PREFIX/u,
  },
  {
    what: 'the clock of this machine',
    arrange: ({ cloud }) => {
      cloud.ecs.setFaults([{ kind: 'error', code: 'InvalidTimeStamp.Expired', status: 400 }]);
      return {};
    },
    clockBehindMs: 3_600_000,
    doctor: /The clock of this machine is \d+ minutes behind that of .*Set it/u,
    watch: /InvalidTimeStamp\.Expired: the clock of this machine is wrong/u,
  },
  {
    what: 'a right on ECS',
    arrange: deny('ecs:DescribeInstance*'),
    doctor: /ECS cannot be read for main\/cn-hangzhou: Forbidden\.RAM: .*npm run setup/u,
    watch: /allow ecs:DescribeInstanceStatus and ecs:DescribeInstances/u,
  },
  {
    what: 'a right on Tablestore',
    arrange: deny('ots:PutRow'),
    doctor: /This key may not ots:PutRow: OTSNoPermissionAccess.*ecs-watch-writer\.policy\.json/u,
    watch: /OTSNoPermissionAccess: .*policy/u,
  },
  {
    what: 'the address of a channel',
    arrange: set({ SLACK_WEBHOOK: `${NOWHERE}/services/T/B/X` }),
    doctor:
      /channel slack is not reached: 127\.0\.0\.1:1 \(SLACK_WEBHOOK\) refuses connections.*npm run configure/u,
    watch: /slack +FAILED: no answer: ECONNREFUSED \(nothing listens there: check the address/u,
  },
  {
    what: 'the host of a channel, mistyped',
    arrange: set({
      SLACK_WEBHOOK: 'https://hooks.slak.com/services/T/B/X',
      WEBHOOK_ALLOW_PRIVATE: '',
      ...Object.fromEntries(
        ['DINGTALK', 'FEISHU', 'WECOM', 'TEAMS'].map((kind) => [`${kind}_WEBHOOK`, '']),
      ),
      DINGTALK_SECRET: '',
      FEISHU_SECRET: '',
      WEBHOOK_URL: '',
      WEBHOOK_SECRET: '',
    }),
    doctor: /SLACK_WEBHOOK is not an https address of hooks\.slack\.com/u,
    watch: /SLACK_WEBHOOK is not an https address of hooks\.slack\.com/u,
  },
  {
    what: 'the certificate of a receiver, which has ended',
    arrange: ({ expiredUrl }) => ({ SLACK_WEBHOOK: `${expiredUrl}/services/T/B/X` }),
    doctor:
      /channel slack gets nothing: the certificate of 127\.0\.0\.1:\d+ \(SLACK_WEBHOOK\) ended on 2021-01-01.*renew/u,
    watch:
      /slack +FAILED: no answer: CERT_HAS_EXPIRED \(the certificate of the receiver has ended/u,
  },
  {
    what: 'the certificate of a receiver, which is self-signed',
    arrange: ({ selfSignedUrl }) => ({ SLACK_WEBHOOK: `${selfSignedUrl}/services/T/B/X` }),
    doctor: /\(SLACK_WEBHOOK\) is not trusted: it is self-signed/u,
    watch:
      /slack +FAILED: no answer: DEPTH_ZERO_SELF_SIGNED_CERT \(the certificate .* is not trusted/u,
  },
  {
    what: 'the secret of the DingTalk robot',
    arrange: set({ DINGTALK_SECRET: 'SECofanotherrobot00000000000000' }),
    sendsTest: true,
    doctor: /A test message to the channel dingtalk was REFUSED.*DINGTALK_SECRET/u,
    watch: /dingtalk +FAILED: .*DINGTALK_SECRET/u,
  },
  {
    what: 'the address of the heartbeat',
    arrange: set({ HEARTBEAT_URL: `${NOWHERE}/ping` }),
    doctor: /heartbeat is not reached: 127\.0\.0\.1:1 \(HEARTBEAT_URL\)/u,
    watch: /note: the heartbeat was not received \(check HEARTBEAT_URL\)/u,
  },
  {
    what: 'a proxy variable that is set and not used',
    arrange: set({ HTTPS_PROXY: 'http://127.0.0.1:1' }),
    doctor: /HTTPS_PROXY is set and not used: .*as long as every address is reached/u,
    watch: /note: HTTPS_PROXY is set and not used: .*as long as every address is reached/u,
  },
  {
    what: 'a proxy variable, where the proxy is the only way out',
    arrange: set({
      HTTPS_PROXY: 'http://127.0.0.1:1',
      SLACK_WEBHOOK: `${NOWHERE}/services/T/B/X`,
    }),
    doctor: /PROBLEM: HTTPS_PROXY is set and not used: .*open the network to them/u,
    watch: /PROBLEM: HTTPS_PROXY is set and not used: .*open the network to them/u,
  },
  {
    what: 'the token of the view, too short',
    arrange: set({ VIEW_TOKEN: 'short' }),
    doctor: /VIEW_TOKEN is not at least 16 characters long.*npm run configure/u,
    watch: /VIEW_TOKEN is not at least 16 characters long.*npm run configure/u,
  },
  {
    what: 'the file at WATCH_CONFIG, which is missing',
    arrange: set({ WATCH_CONFIG: '/no/such/watch.yaml' }),
    doctor: /WATCH_CONFIG.*\/no\/such\/watch\.yaml/u,
    watch: /WATCH_CONFIG.*\/no\/such\/watch\.yaml/u,
  },
  {
    what: 'a function with other code',
    arrange: ({ deployed, deployment }) =>
      changed(deployment, deployed, { description: 'ecs-watch 0.0.9, code of-old' }),
    doctor:
      /The function ecs-watch-watch runs other code than this checkout: ecs-watch 0\.0\.9.*npm run deploy/u,
  },
  {
    what: 'a function with other variables',
    arrange: ({ deployed }) => ({ ...asDeployed(deployed), WATCH_GUARD_COUNT: '7' }),
    doctor:
      /ecs-watch-watch has other variables than \.env: WATCH_GUARD_COUNT is not set there.*npm run deploy/u,
  },
  {
    what: 'the timer, switched off',
    arrange: async ({ deployed, deployment: { client, names } }) => {
      const triggerConfig = JSON.stringify({
        cronExpression: '@every 1m',
        enable: false,
        payload: '',
      });
      const body = new UpdateTriggerInput({ triggerConfig });
      await client.updateTrigger(names[0], 'every-minute', new UpdateTriggerRequest({ body }));
      return asDeployed(deployed);
    },
    doctor: /The trigger every-minute of ecs-watch-watch is switched off.*npm run deploy/u,
  },
  {
    what: 'the role of a function',
    arrange: ({ cloud, deployed }) => {
      cloud.account.ram.deleteRole('ecs-watch-writer');
      return asDeployed(deployed);
    },
    doctor: /The role ecs-watch-writer is not in this account.*npm run setup/u,
  },
  {
    what: 'a role that a proof has left open',
    arrange({ cloud, deployed }) {
      const { ram } = cloud.account;
      const role = ram.role('ecs-watch-writer');
      if (role !== undefined) {
        const trustText = JSON.stringify(
          opened(role.trust, 'acs:ram::1:user/operator', Date.now()),
        );
        ram.putRole({ ...role, trustText });
      }
      return asDeployed(deployed);
    },
    doctor:
      /The role ecs-watch-writer is not as it should be: trust policy: lets in acs:ram::1:user\/operator until .*--prove.*npm run setup/u,
  },
];

/** In the tables of the deployed functions. */
function asDeployed(deployed: Variables): Variables {
  return { TABLESTORE_TABLE_PREFIX: '', ...deployed };
}

async function changed(
  { client, names }: FirstHour['deployment'],
  deployed: Variables,
  changes: ConstructorParameters<typeof UpdateFunctionInput>[0],
): Promise<Variables> {
  const body = new UpdateFunctionInput({ ...changes });
  await client.updateFunction(names[0], new UpdateFunctionRequest({ body }));
  return asDeployed(deployed);
}

/** What both commands say about a setting that is wrong. */
export interface Named {
  readonly doctor: Said;
  /** Null: no tick can know it. */
  readonly watch: Said | null;
}

/** Makes a setting wrong, asks both commands, and takes it back. Each has tables of its own. */
export async function nameIt(hour: FirstHour, wrong: WrongSetting, place: number): Promise<Named> {
  const variables = { TABLESTORE_TABLE_PREFIX: `hour_${place}_`, ...(await wrong.arrange(hour)) };
  try {
    const before = wrong.isDoctorFirst ? await hour.doctor(variables, wrong) : undefined;
    const watch = wrong.watch === undefined ? null : await hour.watch(variables);
    return { watch, doctor: before ?? (await hour.doctor(variables, wrong)) };
  } finally {
    await hour.restore();
  }
}
