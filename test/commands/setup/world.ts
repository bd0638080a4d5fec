import { type SetupFlags, setUp } from '../../../commands/setup/set-up.ts';
import { type TeardownFlags, tearDown } from '../../../commands/setup/tear-down.ts';
import type { World } from '../../../commands/setup/world.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../../local/index.ts';
import { SYSTEM_RUNTIME } from '../../../shared/lib/runtime.ts';

/** An account without anything of ecs-watch, and the two commands on it. */
export interface TestAccount {
  readonly cloud: LocalCloud;
  /** Variables beside the addresses, which a test may change. */
  readonly variables: Record<string, string>;
  setup(flags?: Partial<SetupFlags>): Promise<Ran>;
  teardown(flags?: Partial<TeardownFlags>): Promise<Ran>;
  /** What the user types when asked; undefined: there is no terminal. */
  answer: string | undefined;
  /** Called in place of waiting. */
  onSleep: () => void;
  /** Calls that changed something, since it was last asked, as `Action parameters`. */
  changes(): readonly Change[];
}

export interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
  /** The line of a thing, without its padding. */
  line(what: string): string | undefined;
  /** All lines that say more about a thing. */
  words(what: string): string;
}

export interface Change {
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export const GROUP = '云账号报警联系人';

export async function emptyAccount(): Promise<TestAccount> {
  const cloud = await startLocalCloud({ isEmpty: true, fleetSize: 3 });
  const { url } = cloud.sts;
  const variables: Record<string, string> = {
    TABLESTORE_INSTANCE: 'ecs-watch',
    TABLESTORE_ENDPOINT: cloud.tablestore.url,
    ECS_ENDPOINT: cloud.ecs.url,
    STS_ENDPOINT: url,
    RAM_ENDPOINT: url,
    CMS_ENDPOINT: url,
    TABLESTORE_CONTROL_ENDPOINT: url,
    WATCH_REGIONS: 'cn-hangzhou',
    ALARM_CONTACT_GROUP: GROUP,
  };
  let seen = 0;
  const run = async (work: (world: World) => Promise<number>): Promise<Ran> => {
    const lines: string[] = [];
    const code = await work({
      environment: variables,
      findCredentials: async () => LOCAL_KEYS,
      runtime: { ...SYSTEM_RUNTIME, sleep: async () => account.onSleep(), random: () => 0.5 },
      randomHex: (digits) => 'e'.repeat(digits),
      uninterrupted: (_notice, work) => work(new AbortController().signal),
      print: (line) => lines.push(line),
      ask: async () => account.answer,
    });
    return ranOf(code, lines);
  };
  const account: TestAccount = {
    cloud,
    variables,
    answer: undefined,
    onSleep: () => undefined,
    setup: (flags = {}) => run((world) => setUp({ ...SETUP, ...flags }, world)),
    teardown: (flags = {}) => run((world) => tearDown({ ...TEARDOWN, ...flags }, world)),
    changes() {
      const calls = cloud.account.answered.slice(seen);
      seen = cloud.account.answered.length;
      return calls
        .filter(({ action, status }) => CHANGING.test(action) && status < 300)
        .map(({ action, parameters }) => ({ action, parameters }));
    },
  };
  return account;
}

const SETUP: SetupFlags = { dryRun: false, print: false, adopt: false, prove: false };
const TEARDOWN: TeardownFlags = { dryRun: false, yes: false, member: false };
const CHANGING = /^(?:Create|Update|Delete|Put|Attach|Detach)/u;

function ranOf(code: number, lines: readonly string[]): Ran {
  const at = (what: string): number => lines.findIndex((line) => line.startsWith(`  ${what} `));
  return {
    code,
    lines,
    line: (what) => lines[at(what)]?.trim().replace(/ {2,}/gu, ' '),
    words(what) {
      const after = at(what) < 0 ? [] : lines.slice(at(what) + 1);
      const end = after.findIndex((line) => !line.startsWith('      '));
      return after.slice(0, end < 0 ? undefined : end).join('\n');
    },
  };
}
