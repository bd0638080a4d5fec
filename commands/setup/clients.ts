import Cms, * as cms from '@alicloud/cms20190101';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Ram, * as ram from '@alicloud/ram20150501';
import Sts, * as sts from '@alicloud/sts20150401';
import Tablestore, * as tablestore from '@alicloud/tablestore20201209';
import { STS_ENDPOINT } from '../../shared/ecs/endpoint.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import type { Call, Parameters } from './core/call.ts';
import { ControlError, controlError } from './refusal.ts';
import type { Endpoints } from './settings.ts';

/** Who has signed. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}

/** The official clients of the services that make what an environment needs. */
export interface Clients {
  /** @throws {ControlError} */
  identity(): Promise<Identity>;
  /** Keys of a role for a quarter of an hour. @throws {ControlError} */
  assumeRole(arn: string): Promise<Credentials>;
  /** Makes a call that changes something. @throws {ControlError} */
  perform(call: Call): Promise<void>;
  readonly ram: Asking<Ram>;
  readonly tablestore: Asking<Tablestore>;
  readonly cms: Asking<Cms>;
}

/** Asks a service by its client. @throws {ControlError} */
export type Asking<Client> = <T>(
  action: string,
  work: (client: Client) => Promise<T>,
) => Promise<T>;

/** Each of connecting and reading. */
const TIMEOUT_MS = 10_000;
/** The shortest time there is. Source: STS "AssumeRole", DurationSeconds. */
const SESSION_SECONDS = 900;
const SESSION_NAME = 'ecs-watch-setup';

export function createClients(options: {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
  /** Of Tablestore and CloudMonitor, which have a host in each region. */
  readonly regions: { readonly tablestore: string; readonly functions: string };
  readonly redact: Redact;
}): Clients {
  const { credentials, endpoints, regions, redact } = options;
  const configFor = (service: keyof Endpoints, regionId: string): $OpenApiUtil.Config => {
    const { accessKeyId, accessKeySecret, securityToken } = credentials;
    const override = endpoints[service] ?? (service === 'STS' ? STS_ENDPOINT : undefined);
    const { host, protocol } = new URL(override ?? 'https://of.the.client');
    return new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret,
      ...(securityToken !== undefined && { securityToken }),
      regionId,
      connectTimeout: TIMEOUT_MS,
      readTimeout: TIMEOUT_MS,
      ...(override !== undefined && { endpoint: host, protocol: protocol.slice(0, -1) }),
    });
  };
  const asking =
    <Client extends { readonly _endpoint?: string }>(
      service: keyof Endpoints,
      client: Client,
    ): Asking<Client> =>
    async (action, work) => {
      try {
        return await work(client);
      } catch (error) {
        const host = client._endpoint ?? service;
        const asked = { service, host, variable: `${service}_ENDPOINT`, action };
        throw controlError(error, asked, redact);
      }
    };

  const askSts = asking('STS', new Sts(configFor('STS', regions.functions)));
  const askRam = asking('RAM', new Ram(configFor('RAM', regions.functions)));
  const askTablestore = asking(
    'TABLESTORE_CONTROL',
    new Tablestore(configFor('TABLESTORE_CONTROL', regions.tablestore)),
  );
  const askCms = asking('CMS', new Cms(configFor('CMS', regions.functions)));

  return {
    async identity() {
      const { body } = await askSts('GetCallerIdentity', (client) => client.getCallerIdentity());
      return { accountId: body?.accountId ?? '', arn: body?.arn ?? '' };
    },
    async assumeRole(roleArn) {
      const request = new sts.AssumeRoleRequest({
        roleArn,
        roleSessionName: SESSION_NAME,
        durationSeconds: SESSION_SECONDS,
      });
      const { body } = await askSts('AssumeRole', (client) => client.assumeRole(request));
      const {
        accessKeyId = '',
        accessKeySecret = '',
        securityToken = '',
      } = body?.credentials ?? {};
      return { accessKeyId, accessKeySecret, securityToken };
    },
    async perform({ service, action, parameters }) {
      switch (service) {
        case 'ram':
          await askRam(action, (client) => operationOf(RAM, action)(client, parameters));
          return;
        case 'tablestore':
          await askTablestore(action, (client) =>
            operationOf(TABLESTORE, action)(client, parameters),
          );
          return;
        case 'cms':
          checkSuccess(
            await askCms(action, (client) => operationOf(CMS, action)(client, parameters)),
            action,
            redact,
          );
          return;
        default:
          throw new RangeError(`no API of the account makes ${service}`);
      }
    },
    ram: askRam,
    tablestore: askTablestore,
    cms: askCms,
  };
}

type Operation<Client> = (client: Client, parameters: Parameters) => Promise<unknown>;

const RAM: Readonly<Record<string, Operation<Ram>>> = {
  CreateRole: (client, parameters) => client.createRole(new ram.CreateRoleRequest(parameters)),
  UpdateRole: (client, parameters) => client.updateRole(new ram.UpdateRoleRequest(parameters)),
  DeleteRole: (client, parameters) => client.deleteRole(new ram.DeleteRoleRequest(parameters)),
  CreatePolicy: (client, parameters) =>
    client.createPolicy(new ram.CreatePolicyRequest(parameters)),
  CreatePolicyVersion: (client, parameters) =>
    client.createPolicyVersion(new ram.CreatePolicyVersionRequest(parameters)),
  DeletePolicy: (client, parameters) =>
    client.deletePolicy(new ram.DeletePolicyRequest(parameters)),
  AttachPolicyToRole: (client, parameters) =>
    client.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(parameters)),
  DetachPolicyFromRole: (client, parameters) =>
    client.detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest(parameters)),
};

const TABLESTORE: Readonly<Record<string, Operation<Tablestore>>> = {
  CreateInstance: (client, parameters) =>
    client.createInstance(new tablestore.CreateInstanceRequest(parameters)),
  UpdateInstance: (client, parameters) =>
    client.updateInstance(new tablestore.UpdateInstanceRequest(parameters)),
  DeleteInstance: (client, parameters) =>
    client.deleteInstance(new tablestore.DeleteInstanceRequest(parameters)),
};

const CMS: Readonly<Record<string, Operation<Cms>>> = {
  PutResourceMetricRule: (client, parameters) =>
    client.putResourceMetricRule(new cms.PutResourceMetricRuleRequest(parameters)),
  DeleteMetricRules: (client, parameters) =>
    client.deleteMetricRules(new cms.DeleteMetricRulesRequest(parameters)),
};

function operationOf<Client>(
  operations: Readonly<Record<string, Operation<Client>>>,
  action: string,
): Operation<Client> {
  const operation = operations[action];
  if (operation === undefined) throw new RangeError(`no client is wired for ${action}`);
  return operation;
}

/** CloudMonitor says 200 to refusals as well, and what is wrong in its body. */
function checkSuccess(answer: unknown, action: string, redact: Redact): void {
  const { body } = Object(answer) as { readonly body?: unknown };
  const { success, code, message } = Object(body) as Record<string, unknown>;
  if (success !== false) return;
  const words = redact(String(message ?? ''));
  throw new ControlError(String(code), `CMS refuses ${action}: ${code}: ${words}`);
}
