import Sts, * as sts from '@alicloud/sts20150401';
import { STS_ENDPOINT } from '../../shared/ecs/endpoint.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { asking, type Caller, configFor } from './asking.ts';

/** Who has signed. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}

/** The official client of STS. It is apart from the others, which take a second to load. */
export interface StsClient {
  /** @throws {ControlError} */
  identity(): Promise<Identity>;
  /** Keys of a role for a quarter of an hour. @throws {ControlError} */
  assumeRole(arn: string): Promise<Credentials>;
}

/** The shortest time there is. Source: STS "AssumeRole", DurationSeconds. */
const SESSION_SECONDS = 900;
const SESSION_NAME = 'ecs-watch-setup';

export function createStsClient(caller: Caller, region: string): StsClient {
  const ask = asking(caller, 'STS', new Sts(configFor(caller, 'STS', region, STS_ENDPOINT)));
  return {
    async identity() {
      const { body } = await ask('GetCallerIdentity', (client) => client.getCallerIdentity());
      return { accountId: body?.accountId ?? '', arn: body?.arn ?? '' };
    },
    async assumeRole(roleArn) {
      const request = new sts.AssumeRoleRequest({
        roleArn,
        roleSessionName: SESSION_NAME,
        durationSeconds: SESSION_SECONDS,
      });
      const { body } = await ask('AssumeRole', (client) => client.assumeRole(request));
      const {
        accessKeyId = '',
        accessKeySecret = '',
        securityToken = '',
      } = body?.credentials ?? {};
      return { accessKeyId, accessKeySecret, securityToken };
    },
  };
}
