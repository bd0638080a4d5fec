import Cms, * as cms from '@alicloud/cms20190101';
import Ram, * as ram from '@alicloud/ram20150501';
import Tablestore, * as tablestore from '@alicloud/tablestore20201209';
import type { Redact } from '../../shared/lib/secrets.ts';
import { type Asking, asking, type Caller, configFor } from './asking.ts';
import type { Call, Parameters } from './core/call.ts';
import { ControlError } from './refusal.ts';
import { createStsClient, type StsClient } from './sts-client.ts';

/** The official clients of the services that make what an environment needs. */
export interface Clients extends StsClient {
  /** Makes a call that changes something. @throws {ControlError} */
  perform(call: Call): Promise<void>;
  readonly ram: Asking<Ram>;
  readonly tablestore: Asking<Tablestore>;
  readonly cms: Asking<Cms>;
}

export function createClients(
  caller: Caller,
  /** Of Tablestore and CloudMonitor, which have a host in each region. */
  regions: { readonly tablestore: string; readonly functions: string },
): Clients {
  const { redact } = caller;
  const askRam = asking(caller, 'RAM', new Ram(configFor(caller, 'RAM', regions.functions)));
  const askTablestore = asking(
    caller,
    'TABLESTORE_CONTROL',
    new Tablestore(configFor(caller, 'TABLESTORE_CONTROL', regions.tablestore)),
  );
  const askCms = asking(caller, 'CMS', new Cms(configFor(caller, 'CMS', regions.functions)));

  return {
    ...createStsClient(caller, regions.functions),
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
