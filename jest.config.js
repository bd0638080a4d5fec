module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023' } }] },
  collectCoverageFrom: ['functions/**/*.ts', 'shared/**/*.ts', 'local/**/*.ts'],
};
