/** A price of the vendor or a part of one, as it was published, with the page that says so. */
interface Quoted {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  /** When the page was last known to say so, ISO 8601. */
  readonly date: string;
}

const BILLING_OVERVIEW =
  'https://help.aliyun.com/zh/functioncompute/fc/product-overview/billing-overview-of-fc';
const PAY_AS_YOU_GO =
  'https://www.alibabacloud.com/help/en/functioncompute/fc-3-0/product-overview/pay-as-you-go-billing-method-1';
const BILLING_MODE =
  'https://help.aliyun.com/en/functioncompute/fc/product-overview/product-change-description-on-optimizing-function-billing-mode';
const TABLESTORE_EXAMPLES =
  'https://help.aliyun.com/zh/tablestore/product-overview/billing-examples';

/**
 * What is known of the prices in mainland China, without discounts, free quotas and taxes. What is not
 * known is in `UNKNOWN`, and is never guessed.
 */
export const PRICES = {
  /** Tier 1, up to 200 million units a month. The discount that was announced ended on 2026-08-27. */
  functionUnit: {
    value: 0.00011,
    unit: 'CNY a compute unit (CU)',
    source: BILLING_OVERVIEW,
    date: '2026-11-26',
  },
  unitsPerInvocation: {
    value: 75 / 10_000,
    unit: 'CU an invocation (75 for 10,000)',
    source: PAY_AS_YOU_GO,
    date: '2024-08-27',
  },
  unitsPerCoreSecond: {
    value: 1,
    unit: 'CU a second of a core that computes',
    source: PAY_AS_YOU_GO,
    date: '2024-08-27',
  },
  unitsPerMemorySecond: {
    value: 0.15,
    unit: 'CU a GB of memory and second',
    source: PAY_AS_YOU_GO,
    date: '2024-08-27',
  },
  unitsPerDiskSecond: {
    value: 0.05,
    unit: 'CU a GB of disk and second',
    source: PAY_AS_YOU_GO,
    date: '2024-08-27',
  },
  /** Of a core of an instance that waits. Memory and disk have no factor of their own for it. */
  unitsPerIdleCoreSecond: {
    value: 0,
    unit: 'CU a second of a core that waits',
    source: PAY_AS_YOU_GO,
    date: '2024-08-27',
  },
  /** Of each function in each hour in which it is called. */
  leastOfAnHour: {
    value: 0.01,
    unit: 'CNY an hour and function, at least',
    source: BILLING_MODE,
    date: '2026-03-30',
  },
  /** An instance of the kind that `npm run setup` makes, in Hangzhou, in CU mode. */
  tenThousandReads: {
    value: 0.01,
    unit: 'CNY for 10,000 read units of Tablestore (high-performance)',
    source: TABLESTORE_EXAMPLES,
    date: '2026-11-26',
  },
} as const satisfies Readonly<Record<string, Quoted>>;

/** What no page gave in text. */
export const UNKNOWN: readonly string[] = [
  'the price of write units of Tablestore',
  'the price of a stored GB of Tablestore, and whether a small instance has a free quota',
  'the price of traffic to the Internet (webhooks, public endpoints), which Cloud Data Transfer (CDT) bills',
  'whether the smallest disk (512 MB) is free: here it is counted',
];
