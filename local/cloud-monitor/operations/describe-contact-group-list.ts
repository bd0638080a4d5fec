import type { ApiOperation } from '../../api/operation.ts';
import type { Alarms } from '../rules.ts';

// https://www.alibabacloud.com/help/en/cms/developer-reference/api-cms-2019-01-01-describecontactgrouplist
export const describeContactGroupList = ({ contactGroups }: Alarms): ApiOperation => ({
  perform: () => ({
    Code: '200',
    Success: true,
    Total: contactGroups.length,
    ContactGroups: { ContactGroup: contactGroups },
    ContactGroupList: { ContactGroup: contactGroups.map((Name) => ({ Name })) },
  }),
});
