/** Who may import whom. docs/architecture.md, "Layout", gives the reasons in prose. */
const PRODUCT_SIDES = '^(functions|commands|test|bench|local)/';

module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'core computes: no I/O, no clock, no package, not even a built-in module.',
      severity: 'error',
      from: { path: '^shared/core/' },
      to: { pathNot: '^shared/core/' },
    },
    {
      name: 'stories-see-only-core-and-ports',
      comment: 'The story is told without an SDK, so that it can be read and simulated.',
      severity: 'error',
      from: { path: '^shared/[^/]+\\.ts$', pathNot: '^shared/(config|secrets)\\.ts$' },
      to: { pathNot: '^shared/(core/|[^/]+\\.ts$)' },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'An adapter is replaced without touching another one.',
      severity: 'error',
      from: { path: '^shared/(ecs|tablestore|channels|fc)/' },
      to: { path: '^shared/(ecs|tablestore|channels|fc)/', pathNot: '^shared/$1/' },
    },
    {
      name: 'adapters-see-only-core-and-ports',
      comment: 'An adapter serves a port; it does not know the story that uses it.',
      severity: 'error',
      from: { path: '^shared/(ecs|tablestore|channels|fc)/' },
      to: { path: '^shared/[^/]+\\.ts$', pathNot: '^shared/(ports|secrets|deadline|all-of)\\.ts$' },
    },
    {
      name: 'shared-knows-no-caller',
      comment: 'There is no test switch in the product.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: PRODUCT_SIDES },
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
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(shared|local)/', pathNot: '\\.d\\.ts$' },
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
