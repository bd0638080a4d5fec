/**
 * What a function of s.yaml may say: the legal values of Function Compute 3.0 and of `fc3`, of the
 * properties that ecs-watch uses. Everything else is refused, so that a typing error is.
 * https://github.com/devsapp/fc3/blob/master/docs/zh/yaml/readme.md
 */
/** Says where the property is that may not be there; `false` would say only in what. */
const NOTHING = { not: {} };
const NAME = '^[A-Za-z_][A-Za-z0-9_-]*$';

const CRON_FIELD = '[0-9A-Za-z*?/,-]+';
/** `@every 1m`, or six fields, seconds first. */
const CRON = `^(@every ([0-9]+[hms])+|(CRON_TZ=[A-Za-z_/]+ )?${CRON_FIELD}( ${CRON_FIELD}){5})$`;

const TIMER = exactly({
  cronExpression: { type: 'string', pattern: CRON },
  enable: { type: 'boolean' },
  payload: { type: 'string' },
});

const HTTP = exactly({
  authType: { enum: ['anonymous', 'function'] },
  methods: {
    type: 'array',
    items: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] },
    minItems: 1,
    uniqueItems: true,
  },
  disableURLInternet: { type: 'boolean' },
});

// Source: devsapp/fc3, "triggers", EventBridge. Of `runOptions`, `event-driven` takes nothing but the mode.
const EVENTS = exactly({
  triggerEnable: { type: 'boolean' },
  asyncInvocationType: { type: 'boolean' },
  eventRuleFilterPattern: { type: 'string', pattern: '^\\{.*\\}$' },
  eventSourceConfig: exactly({ eventSourceType: { const: 'Default' } }),
  eventSinkConfig: exactly({
    deliveryOption: exactly({ eventSchema: { enum: ['CloudEvents', 'RawData'] } }),
  }),
  runOptions: exactly({ mode: { const: 'event-driven' } }),
});

const TRIGGER = {
  ...exactly({
    triggerName: { type: 'string', pattern: NAME, maxLength: 128 },
    triggerType: { enum: ['timer', 'http', 'eventbridge'] },
    qualifier: { const: 'LATEST' },
    triggerConfig: { type: 'object' },
  }),
  if: { properties: { triggerType: { const: 'timer' } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
  then: { properties: { triggerConfig: TIMER } },
  else: {
    if: { properties: { triggerType: { const: 'http' } } },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: { properties: { triggerConfig: HTTP } },
    else: { properties: { triggerConfig: EVENTS } },
  },
};

module.exports = exactly(
  {
    region: { type: 'string', pattern: '^[a-z]{2}(-[a-z0-9]+)+$' },
    // Source: CreateFunction, `description`.
    description: { type: 'string', maxLength: 256 },
    functionName: { type: 'string', pattern: NAME, maxLength: 64 },
    runtime: { const: 'nodejs20' },
    handler: { type: 'string', pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_]+$' },
    code: { type: 'string', pattern: '^\\./dist/' },
    // In steps of 0.05, which `multipleOf` cannot say: in floating point 0.35 is none of them.
    cpu: { type: 'number', minimum: 0.05, maximum: 16 },
    memorySize: { type: 'integer', minimum: 128, maximum: 32768, multipleOf: 64 },
    diskSize: { enum: [512, 10240] },
    internetAccess: { type: 'boolean' },
    timeout: { type: 'integer', minimum: 1, maximum: 86400 },
    // `auto` would become a role of that name.
    role: {
      type: 'string',
      pattern: '^(acs:ram::[0-9]+:role/)?[a-z0-9.-]+$',
      not: { const: 'auto' },
    },
    environmentVariables: {
      type: 'object',
      // Source: Function Compute "Environment variables". The build adds up all of them.
      patternProperties: {
        '^(?!FC_)[A-Za-z][A-Za-z0-9_]*$': { type: 'string', maxLength: 4_096 },
      },
      additionalProperties: NOTHING,
    },
  },
  {
    triggers: { type: 'array', items: TRIGGER, minItems: 1 },
    concurrencyConfig: exactly({ reservedConcurrency: { type: 'integer', minimum: 0 } }),
    asyncInvokeConfig: exactly({
      qualifier: { type: 'string' },
      maxAsyncRetryAttempts: { type: 'integer', minimum: 0, maximum: 8 },
      // The smaller of the two limits that the SDK and `fc3` have.
      maxAsyncEventAgeInSeconds: { type: 'integer', minimum: 1, maximum: 604800 },
    }),
    // By `fc3-domain`. Source: CreateCustomDomain, and devsapp/fc3 for `auto`.
    customDomain: exactly(
      {
        domainName: { type: 'string', pattern: '^(auto|[a-z0-9-]+(\\.[a-z0-9-]+)+)$' },
        protocol: { enum: ['HTTP', 'HTTPS', 'HTTP,HTTPS'] },
        route: exactly({ path: { type: 'string' } }),
      },
      {
        certConfig: exactly({
          certName: { type: 'string', minLength: 1 },
          certificate: { type: 'string', minLength: 1 },
          privateKey: { type: 'string', minLength: 1 },
        }),
      },
    ),
    logConfig: exactly({
      project: { type: 'string', minLength: 1 },
      logstore: { type: 'string', minLength: 1 },
      enableRequestMetrics: { type: 'boolean' },
      enableInstanceMetrics: { type: 'boolean' },
      logBeginRule: { enum: ['DefaultRegex', 'None'] },
    }),
  },
);

/** An object with all of `required`, any of `optional`, and nothing else, which a complaint names. */
function exactly(required, optional = {}) {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: NOTHING,
  };
}
