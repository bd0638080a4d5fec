/** Runs the tasks of one key one after the other, in the order they came; those of different keys side by side. */
export interface KeyedLock {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function keyedLock(): KeyedLock {
  const last = new Map<string, Promise<unknown>>();
  const forget = (key: string, task: Promise<unknown>): void => {
    if (last.get(key) === task) last.delete(key);
  };
  return {
    run(key, task) {
      const before = last.get(key);
      const result = before === undefined ? task() : before.then(task);
      const settled: Promise<void> = result.then(
        () => forget(key, settled),
        () => forget(key, settled),
      );
      last.set(key, settled);
      return result;
    },
  };
}
