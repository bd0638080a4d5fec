import fc from 'fast-check';
import { matchesGlob } from '../../../../shared/core/glob.ts';
import type { Change, Notice } from '../../../../shared/core/model.ts';
import {
  DEFAULT_ROUTE,
  type Match,
  type Route,
  routesFor,
  routeTo,
} from '../../../../shared/delivery/core/policy/routes.ts';
import { aChange } from '../../../helpers/examples.ts';
import { propertyRuns } from '../../../helpers/rounds.ts';

const SCOPE = 'main/cn-hangzhou';
const WEB: Partial<Change> = {
  name: 'web-13',
  zoneId: 'cn-hangzhou-h',
  resourceGroupId: 'rg-pay',
  tags: { env: 'prod-1', empty: '' },
};
const FAILING: Notice = { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: 'HTTP 503' };
const ACCOUNT_FAILING: Notice = {
  kind: 'account-failing',
  account: 'shop',
  reason: 'no',
  failing: {},
};

describe('a route', () => {
  it.each<[string, Match, Partial<Change>]>([
    ['everything, without a match', {}, {}],
    ['an account', { account: ['main'] }, {}],
    ['one of several regions', { region: ['eu-*', 'cn-*'] }, {}],
    ['a zone', { zone: ['cn-hangzhou-h'] }, WEB],
    ['a resource group', { resourceGroup: ['rg-pay'] }, WEB],
    ['names of a form', { name: ['web-*'] }, WEB],
    ['a tag of a form', { tag: { env: ['prod*'] } }, WEB],
    ['a tag of any value, an empty one included', { tag: { empty: ['*'] } }, WEB],
    ['a move', { from: ['Running'], to: ['Stopped'] }, {}],
    ['what appears', { from: ['new'] }, { from: null }],
    ['what returns', { from: ['returned'] }, { from: null, returned: true }],
    ['what is released', { to: ['released'] }, { to: null }],
    ['bad news', { severity: ['bad'] }, { to: 'Stopped' }],
    ['all of several conditions', { region: ['cn-*'], name: ['web-*'], tag: { env: ['*'] } }, WEB],
  ])('takes %s', (_what, match, change) => {
    expect(misfit(match, change)).toBeNull();
  });

  it.each<[string, Match, Partial<Change>, string]>([
    ['another account', { account: ['shop'] }, {}, 'account is main, not shop'],
    ['a zone that is not known', { zone: ['*'] }, {}, 'zone is not known'],
    ['a name that is not known', { name: ['*'] }, {}, 'name is not known'],
    ['tags that are not known', { tag: { env: ['*'] } }, {}, 'tag env is not known'],
    ['a tag that an object has', { tag: { toString: ['*'] } }, WEB, 'tag toString is not known'],
    ['another value', { tag: { env: ['prod', 'test*'] } }, WEB, 'not prod or test*'],
    ['another status', { to: ['Running'] }, {}, 'to is Stopped, not Running'],
    ['good news, if it asks for bad', { severity: ['bad'] }, { to: 'Running' }, 'severity is good'],
    ['a change, if it asks for notices', { notice: ['*'] }, {}, 'notice is not known'],
  ])('leaves %s to others, and says why', (_what, match, change, why) => {
    expect(misfit(match, change)).toContain(why);
  });

  it('judges by what a status means to its own people', () => {
    const route = aRoute({ match: { severity: ['good'] }, severities: { Stopped: 'good' } });

    expect(taken([route], aChange({ to: 'Stopped' }))).toEqual([route.name]);
    expect(taken([route], aChange({ to: 'Running' }))).toEqual([route.name]);
    expect(taken([route], aChange({ to: null }))).toEqual([]);
  });

  it('takes notices of a scope, of an account, or of a kind', () => {
    const take = (match: Match, notice: Notice, scope = SCOPE): boolean =>
      routesFor({ scope, notice }, [aRoute({ match })]).routes.length === 1;

    expect(take({ region: ['cn-*'] }, FAILING)).toBe(true);
    expect(take({ region: ['eu-*'] }, FAILING)).toBe(false);
    expect(take({ notice: ['scans-*'] }, FAILING)).toBe(true);
    expect(take({ account: ['shop'] }, ACCOUNT_FAILING, 'watcher')).toBe(true);
    expect(take({ account: ['watcher'] }, ACCOUNT_FAILING, 'watcher')).toBe(false);
    expect(take({ name: ['*'] }, FAILING)).toBe(false);
  });

  it('drops a notice only if it names the kind: a route about instances must not hide a failure', () => {
    const drop = (match: Match) =>
      routesFor({ scope: SCOPE, notice: FAILING }, [aRoute({ match, channels: [] })]).routes.length;

    expect(drop({})).toBe(0);
    expect(drop({ account: ['main'] })).toBe(0);
    expect(drop({ notice: ['scans-failing'] })).toBe(1);
  });
});

describe('the routes', () => {
  const scaling = aRoute({ name: 'scaling', match: { tag: { 'acs:x': ['*'] } }, channels: [] });
  const audit = aRoute({ name: 'audit', channels: ['log'], isContinued: true });
  const web = aRoute({ name: 'web', match: { name: ['web-*'] }, channels: ['ops', 'log'] });
  const rest = aRoute({ name: 'rest', channels: ['mail'] });

  it('end with the first that takes a change, unless it is continued', () => {
    expect(taken([audit, web, rest], aChange(WEB))).toEqual(['audit', 'web']);
    expect(taken([audit, web, rest], aChange({ name: 'db-1' }))).toEqual(['audit', 'rest']);
  });

  it('send a change nowhere that a route drops', () => {
    const routing = routesFor({ scope: SCOPE, change: aChange({ tags: { 'acs:x': 'g' } }) }, [
      scaling,
      rest,
    ]);

    expect(routing.routes.map(({ name }) => name)).toEqual(['scaling']);
    expect(routeTo(routing, 'mail')).toBeNull();
  });

  it('leave to every channel what none of them takes', () => {
    const routing = routesFor({ scope: SCOPE, change: aChange({ name: 'db-1' }) }, [web]);

    expect(routeTo(routing, 'mail')).toBe(DEFAULT_ROUTE);
  });

  it('leave to every channel what only continued ones take: a copy silences nothing', () => {
    const stopped = routesFor({ scope: SCOPE, change: aChange({ name: 'db-1' }) }, [audit, web]);
    const failing = routesFor({ scope: SCOPE, notice: FAILING }, [audit]);

    for (const routing of [stopped, failing]) {
      expect(routeTo(routing, 'log')).toBe(audit);
      expect(routeTo(routing, 'ops')).toBe(DEFAULT_ROUTE);
    }
  });

  it('give a channel a change by the first of them that sends it there', () => {
    const routing = routesFor({ scope: SCOPE, change: aChange(WEB) }, [audit, web]);

    expect(routeTo(routing, 'log')).toBe(audit);
    expect(routeTo(routing, 'ops')).toBe(web);
    expect(routeTo(routing, 'mail')).toBeNull();
  });

  it('explain each step', () => {
    const { steps } = routesFor({ scope: SCOPE, change: aChange(WEB) }, [scaling, web, rest]);

    expect(steps).toEqual([
      { route: 'scaling', takes: false, why: 'tag acs:x is not known' },
      { route: 'web', takes: true, why: 'name web-*' },
    ]);
  });
});

describe('a glob', () => {
  it('is what a regular expression of the same meaning is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
    fc.assert(
      fc.property(glob, text, (pattern, value) => {
        const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
        const expected = new RegExp(`^${parts.join('[^]*')}$`, 'u').test(value);
        expect(matchesGlob(pattern, value)).toBe(expected);
      }),
      { seed: 1, numRuns: propertyRuns(2_000) },
    );
  });
});

function aRoute(parts: Partial<Route> = {}): Route {
  return { name: 'one', match: {}, channels: ['ops'], ...parts };
}

function misfit(match: Match, change: Partial<Change>): string | null {
  const { steps } = routesFor({ scope: SCOPE, change: aChange(change) }, [aRoute({ match })]);
  const [step] = steps;
  return step === undefined || step.takes ? null : step.why;
}

function taken(routes: readonly Route[], change: Change): readonly string[] {
  return routesFor({ scope: SCOPE, change }, routes).routes.map(({ name }) => name);
}
