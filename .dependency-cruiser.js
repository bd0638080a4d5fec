/**
 * Which folder may import which. docs/architecture.md, "Layout and import rules", gives the
 * reasons in prose. From the lowest layer to the highest:
 *
 *     core, lib → ports → journal, open-api → stories, adapters → config → functions → commands, bench, test
 */
const STORIES = 'watch|delivery|view|doctor';
const ADAPTERS = 'ecs|tablestore|channels|fc';
/** The pure parts, of all stories and of each. */
const ANY_CORE = ['^shared/core/', '^shared/[^/]+/core/'];

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'A core computes: no I/O, no clock, no package, not even a built-in module.',
      severity: 'error',
      from: { path: ANY_CORE },
      to: { pathNot: ANY_CORE },
    },
    {
      name: 'shared-core-is-the-lowest',
      comment: 'What all stories share does not depend on one of them.',
      severity: 'error',
      from: { path: '^shared/core/' },
      to: { pathNot: '^shared/core/' },
    },
    {
      name: 'lib-is-the-lowest',
      comment: 'A toolbox knows nothing of what is built with it.',
      severity: 'error',
      from: { path: '^shared/lib/' },
      to: { path: '^shared/', pathNot: '^shared/lib/' },
    },
    {
      name: 'ports-see-only-core-and-lib',
      comment: 'A port is a promise, not a way to keep it.',
      severity: 'error',
      from: { path: '^shared/ports/' },
      to: { pathNot: '^shared/(core|lib|ports)/' },
    },
    {
      name: 'journal-sees-only-ports',
      comment: 'Reading the journal, for every story that does.',
      severity: 'error',
      from: { path: '^shared/journal/' },
      to: { pathNot: '^shared/(core|lib|ports|journal)/' },
    },
    {
      name: 'open-api-sees-only-ports',
      comment: 'One client for the adapters of several services; it knows none of them.',
      severity: 'error',
      from: { path: '^shared/open-api/' },
      to: { path: '^shared/', pathNot: '^shared/(core|lib|ports|open-api)/' },
    },
    {
      name: 'stories-see-no-adapter',
      comment: 'The story is told without an SDK, so that it can be read and simulated.',
      severity: 'error',
      from: { path: `^shared/(${STORIES})/` },
      to: { pathNot: `^shared/(core|lib|ports|journal|${STORIES})/` },
    },
    {
      name: 'stories-are-strangers',
      comment: 'Only the tick delivers what it has recorded; a core of another story may be used.',
      severity: 'error',
      from: { path: `^shared/(${STORIES})/` },
      to: {
        path: `^shared/(${STORIES})/`,
        pathNot: ['^shared/$1/', '^shared/[^/]+/core/', '^shared/delivery/'],
      },
    },
    {
      name: 'delivery-is-below-the-other-stories',
      severity: 'error',
      from: { path: '^shared/delivery/' },
      to: { path: '^shared/(watch|view|doctor)/' },
    },
    {
      name: 'only-the-tick-delivers',
      comment: 'The view and the doctor send nothing.',
      severity: 'error',
      from: { path: '^shared/(view|doctor)/' },
      to: { path: '^shared/delivery/', pathNot: '^shared/delivery/core/' },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'An adapter is replaced without touching another one.',
      severity: 'error',
      from: { path: `^shared/(${ADAPTERS})/` },
      to: { path: `^shared/(${ADAPTERS}|config)/`, pathNot: '^shared/$1/' },
    },
    {
      name: 'adapters-see-no-story',
      comment:
        'An adapter serves a port; it does not know the story that uses it, only pure words.',
      severity: 'error',
      from: { path: `^shared/(${ADAPTERS})/` },
      to: { path: `^shared/(${STORIES}|journal)/`, pathNot: '^shared/[^/]+/core/' },
    },
    {
      name: 'config-sees-no-story',
      comment: 'The configuration names what there is; it does nothing with it.',
      severity: 'error',
      from: { path: '^shared/config/' },
      to: {
        path: `^shared/(${STORIES}|journal|ecs|tablestore|fc)/`,
        pathNot: '^shared/[^/]+/core/',
      },
    },
    {
      name: 'shared-knows-no-caller',
      comment: 'There is no test switch in the product.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|commands|test|bench|local|web)/' },
    },
    {
      name: 'local-is-the-other-side-of-the-wire',
      comment: 'A codec shared with the product would let one bug hide another.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(functions|shared|commands|test|bench)/' },
    },
    {
      name: 'functions-are-strangers',
      comment: 'Each function is deployed alone.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: '^functions/$1/' },
    },
    {
      name: 'functions-see-only-shared',
      comment: 'A function is wiring over shared/.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(local|commands|test|bench)/' },
    },
    {
      name: 'page-sees-only-cores',
      comment:
        'The page knows the view by its addresses. It shares words and filters with it, which are pure.',
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^(shared|functions|commands|local|test|bench)/',
        pathNot: '^shared/(view/)?core/',
      },
    },
    {
      name: 'only-the-page-sees-the-page',
      severity: 'error',
      from: { path: '^(shared|functions|commands|local|bench)/' },
      to: { path: '^web/' },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      comment: 'A browser runs its file as it is: the page has it as text.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(shared|local|web)/',
        pathNot: ['\\.d\\.ts$', '^local/console/browser\\.js$'],
      },
      to: {},
    },
    {
      name: 'no-undeclared-packages',
      comment: 'What is imported is in package.json, and a bundle holds no development package.',
      severity: 'error',
      from: { path: '^(shared|functions)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
