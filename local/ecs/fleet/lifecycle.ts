/**
 * The life of an instance. A request decides all its steps, with their times, so that the state at
 * any time is a function of the time, and nothing has to run in between.
 */
export type Status = 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped';

/** What begins an instance: it starts by itself, or waits for its first start. */
export type Birth = 'run' | 'create';

/** What happens to an instance that is there. */
export type Move = 'start' | 'stop' | 'reboot';

/** From `atMs` on the instance is in `status`, until its next step. */
export interface Step {
  readonly atMs: number;
  readonly status: Status;
}

// ECS "Instance lifecycle": https://www.alibabacloud.com/help/en/ecs/user-guide/instance-lifecycle
const PATHS = {
  run: ['Pending', 'Starting', 'Running'],
  create: ['Pending', 'Stopped'],
  start: ['Starting', 'Running'],
  stop: ['Stopping', 'Stopped'],
  reboot: ['Stopping', 'Starting', 'Running'],
} satisfies Record<Birth | Move, readonly Status[]>;

/** How long the transitory states last: minutes in the real cloud, seconds here. */
export const PENDING_MS = 2_000;
export const STARTING_MS = 4_000;
export const STOPPING_MS = 3_000;

const LASTING_MS: Record<Status, number> = {
  Pending: PENDING_MS,
  Starting: STARTING_MS,
  Stopping: STOPPING_MS,
  Running: Number.POSITIVE_INFINITY,
  Stopped: Number.POSITIVE_INFINITY,
};

// The pages of StartInstances, StopInstances, RebootInstances and DeleteInstances; a forced release
// is documented from Running, and refused while an instance is still starting.
const ALLOWED_FROM = {
  start: ['Stopped'],
  stop: ['Running'],
  reboot: ['Running'],
  release: ['Stopped'],
  forcedRelease: ['Running', 'Stopping', 'Stopped'],
} satisfies Record<string, readonly Status[]>;

export type Request = keyof typeof ALLOWED_FROM;

export function allows(request: Request, status: Status): boolean {
  return (ALLOWED_FROM[request] as readonly Status[]).includes(status);
}

/** The steps of an instance that gets the request `move` at `atMs`. */
export function stepsOfMove(move: Birth | Move, atMs: number): readonly Step[] {
  let nextMs = atMs;
  return PATHS[move].map((status) => {
    const step = { atMs: nextMs, status };
    nextMs += LASTING_MS[status];
    return step;
  });
}

/** @throws {RangeError} when the first step is still to come: there is no state before it. */
export function statusAt(steps: readonly Step[], atMs: number): Status {
  const step = steps.findLast((candidate) => candidate.atMs <= atMs);
  if (step === undefined) throw new RangeError('the instance does not exist yet');
  return step.status;
}

/** When the instance last began to start, if that is among its steps so far. */
export function startedBy(steps: readonly Step[], atMs: number): number | undefined {
  return steps.findLast(({ atMs: fromMs, status }) => status === 'Starting' && fromMs <= atMs)
    ?.atMs;
}
