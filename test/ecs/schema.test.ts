import { parseDetails, parsePage } from '../../shared/ecs/schema.ts';

describe('reading an answer of ECS', () => {
  const row = { InstanceId: 'i-1', Status: 'Running' };
  const asItIs = (text: string): string => text;
  const parse = (body: unknown) => parsePage(body, asItIs);

  it('refuses more rows than were asked for', () => {
    const rows = Array.from({ length: 51 }, (_, index) => ({ ...row, InstanceId: `i-${index}` }));

    expect(() => parse(withRows(rows))).toThrow('the number of rows, at most 50, is 51');
    expect(() => parsePage(withRows(rows.slice(0, 3)), asItIs, 2)).toThrow('at most 2, is 3');
    expect(() => parseDetails({ Instances: { Instance: rows } }, asItIs, 50)).toThrow('is 51');
  });

  it('makes text of what is none: half a character would break every encoding after it', () => {
    const page = parse(withRows([{ ...row, Status: '\udfff' }]));

    expect([...page.statuses]).toEqual([['i-1', '\ufffd']]);
  });

  it('counts rows, and an id that comes twice once', () => {
    const page = parse({ TotalCount: 2, InstanceStatuses: { InstanceStatus: [row, row] } });

    expect(page).toMatchObject({ statuses: new Map([['i-1', 'Running']]), rows: 2 });
  });

  it('believes ECS about the size of its pages, where it says one', () => {
    const page = { TotalCount: 0, InstanceStatuses: { InstanceStatus: [] } };

    expect(parse({ ...page, PageSize: 10 }).pageSize).toBe(10);
    expect(parse(page).pageSize).toBe(50);
    expect(() => parse({ ...page, PageSize: 0 })).toThrow('PageSize is 0');
  });

  it('keeps a status that it does not know', () => {
    const strange = { ...row, Status: 'Hibernated' };

    const page = parse({ TotalCount: 1, InstanceStatuses: { InstanceStatus: [strange] } });

    expect(page.statuses.get('i-1')).toBe('Hibernated');
  });

  it.each([
    ['no object', 'a text', 'the answer is "a text"'],
    ['nothing', null, 'the answer is null'],
    ['a list', [], 'the answer is []'],
    ['no TotalCount', { InstanceStatuses: { InstanceStatus: [] } }, 'TotalCount is missing'],
    ['a TotalCount in words', withTotal('12'), 'TotalCount is "12"'],
    ['a TotalCount below nothing', withTotal(-1), 'TotalCount is -1'],
    ['half a TotalCount', withTotal(1.5), 'TotalCount is 1.5'],
    ['no list', { TotalCount: 0 }, 'InstanceStatuses is missing'],
    [
      'a list of another name',
      { TotalCount: 0, InstanceStatuses: {} },
      'InstanceStatus is missing',
    ],
    ['a row that is none', withRows([row, 'i-2']), 'an InstanceStatus is "i-2"'],
    ['an empty id', withRows([{ ...row, InstanceId: '' }]), 'InstanceId is ""'],
    ['an id of no shape', withRows([{ ...row, InstanceId: 'i 1' }]), 'InstanceId is "i 1"'],
    ['a status that is none', withRows([{ ...row, Status: 7 }]), 'Status is 7'],
  ])('believes nothing of one that holds %s', (_what, body, problem) => {
    expect(() => parse(body)).toThrow(
      expect.objectContaining({
        kind: 'malformed',
        message: expect.stringContaining(problem),
      }),
    );
  });

  it('leaves out details of another shape, and never an instance', () => {
    const strange = {
      InstanceId: 'i-1',
      InstanceName: 7,
      ZoneId: '',
      ResourceGroupId: '',
      VpcAttributes: { PrivateIpAddress: { IpAddress: ['', 3, '172.16.0.1'] } },
      PublicIpAddress: 'none',
      EipAddress: null,
      Tags: { Tag: [{ TagKey: 'env' }, { TagValue: 'lost' }, 'no tag'] },
    };

    const body = { Instances: { Instance: [strange, { InstanceId: 'i-2' }] } };
    const details = parseDetails(body, asItIs);

    expect([...details]).toEqual([
      ['i-1', { privateIps: ['172.16.0.1'], tags: { env: '' } }],
      ['i-2', {}],
    ]);
  });

  function withTotal(totalCount: unknown): object {
    return { TotalCount: totalCount, InstanceStatuses: { InstanceStatus: [] } };
  }

  function withRows(rows: readonly unknown[]): object {
    return { TotalCount: 1, InstanceStatuses: { InstanceStatus: rows } };
  }
});
