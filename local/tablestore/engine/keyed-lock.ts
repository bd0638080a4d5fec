/** Runs the tasks of one key one after the other, in the order they came; those of different keys side by side. */
export interface KeyedLock {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function keyedLock(): KeyedLock {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      const before = last.get(key);
      const result = before === undefined ? task() : before.then(task);
      const settled = result.then(ignore, ignore);
      last.set(key, settled);
      settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      }, ignore);
      return result;
    },
  };
}

function ignore(): void {}
