import { matchRoute } from '../../../shared/view/core/match-route.ts';

const ROUTES = [{ path: '/' }, { path: '/instances' }, { path: '/instances/{id}' }];

it.each([
  [[], '/', {}],
  [['instances'], '/instances', {}],
  [['instances', 'i-1'], '/instances/{id}', { id: 'i-1' }],
  [['instances', '{id}'], '/instances/{id}', { id: '{id}' }],
])('matches %j with %s', (segments, path, parameters) => {
  expect(matchRoute(ROUTES, segments)).toEqual({ route: { path }, parameters });
});

it.each([[['nothing']], [['instances', 'i-1', 'x']], [['Instances']], [['{id}']], [['']]])(
  'matches %j with nothing',
  (segments) => {
    expect(matchRoute(ROUTES, segments)).toBeUndefined();
  },
);
