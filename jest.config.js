module.exports = {
  testEnvironment: '<rootDir>/test/helpers/jest/environment.js',
  runtime: '<rootDir>/test/helpers/jest/runtime.js',
  // The tests wait for servers, processes and browsers: a third worker uses two cores meanwhile.
  maxWorkers: 3,
  // A busy machine must not fail a test that is only slow.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFiles: ['<rootDir>/test/helpers/storages.js'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' } }] },
  // The order matters: the last lines of a run are the summary of Jest's own reporter.
  reporters: ['<rootDir>/test/helpers/slowest-suites.js', 'default'],
  collectCoverageFrom: ['functions/**/*.ts', 'shared/**/*.ts', 'local/**/*.ts'],
};
