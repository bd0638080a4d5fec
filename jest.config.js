module.exports = {
  testEnvironment: 'node',
  // The tests wait for servers and processes more than they compute.
  maxWorkers: 2,
  // A busy machine must not fail a test that is only slow.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' } }] },
  collectCoverageFrom: ['functions/**/*.ts', 'shared/**/*.ts', 'local/**/*.ts'],
};
