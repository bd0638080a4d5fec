import { endpointOf } from '../../shared/ecs/endpoint.ts';

describe('the endpoint of a region', () => {
  it.each([
    ['cn-shanghai', undefined, { protocol: 'https', host: 'ecs.cn-shanghai.aliyuncs.com' }],
    ['cn-hangzhou', undefined, { protocol: 'https', host: 'ecs-cn-hangzhou.aliyuncs.com' }],
    ['cn-shanghai', 'http://127.0.0.1:8001', { protocol: 'http', host: '127.0.0.1:8001' }],
    [
      'cn-shanghai',
      'https://ecs-vpc.example.com/',
      { protocol: 'https', host: 'ecs-vpc.example.com' },
    ],
  ])('of %s with the override %s', (regionId, override, endpoint) => {
    expect(endpointOf(regionId, override)).toEqual(endpoint);
  });
});
