import type { ApiService } from '../api/operation.ts';
import { noPermission } from './errors.ts';
import type { Instances } from './instances.ts';
import { createInstance } from './operations/create-instance.ts';
import { deleteInstance } from './operations/delete-instance.ts';
import { getInstance } from './operations/get-instance.ts';
import { listInstances } from './operations/list-instances.ts';
import { updateInstance } from './operations/update-instance.ts';

/** The API by which the instances of Tablestore are made, as far as `npm run setup` uses it. */
export function tablestoreControlService(instances: Instances): ApiService {
  return {
    product: 'Tablestore',
    version: '2020-12-09',
    prefix: 'ots',
    refusal: noPermission,
    pathOf: (action) => `/v2/openapi/${action.toLowerCase()}`,
    operations: {
      GetInstance: getInstance(instances),
      ListInstances: listInstances(instances),
      CreateInstance: createInstance(instances),
      UpdateInstance: updateInstance(instances),
      DeleteInstance: deleteInstance(instances),
    },
  };
}
