/** What the server has been asked for since it started. */
export interface EcsUsage {
  /** Calls for each action, answered or not; an action that does not exist is not counted. */
  readonly calls: Readonly<Record<string, number>>;
  /** Calls that were answered with Throttling.User. */
  readonly throttled: number;
  readonly inFlight: number;
  /** Those of them whose answer a `latency` fault holds back at present. */
  readonly delayed: number;
  readonly maxInFlight: number;
}

export interface EcsUsageMeter {
  enter(): void;
  called(action: string): void;
  throttled(): void;
  leave(): void;
  whileDelayed(wait: Promise<void>): Promise<void>;
  read(): EcsUsage;
}

export function ecsUsageMeter(): EcsUsageMeter {
  const calls: Record<string, number> = {};
  let throttled = 0;
  let inFlight = 0;
  let delayed = 0;
  let maxInFlight = 0;
  return {
    enter() {
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
    },
    called(action) {
      calls[action] = (calls[action] ?? 0) + 1;
    },
    throttled() {
      throttled += 1;
    },
    leave() {
      inFlight -= 1;
    },
    async whileDelayed(wait) {
      delayed += 1;
      await wait;
      delayed -= 1;
    },
    read: () => ({ calls: { ...calls }, throttled, inFlight, delayed, maxInFlight }),
  };
}
