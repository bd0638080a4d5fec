import { errorReply, type Reply } from './reply.ts';

/** Answers OPTIONS, and refuses a method that the route does not take. Undefined: go on. */
export function checkMethod(methods: readonly string[], method: string): Reply | undefined {
  const allowed = allowedMethods(methods);
  const headers = { allow: allowed.join(', ') };
  if (method === 'OPTIONS') return { status: 204, empty: true, headers };
  if (allowed.includes(method)) return undefined;
  const message = `this address takes only ${allowed.join(', ')}`;
  return { ...errorReply(405, 'method-not-allowed', message), headers };
}

/** HEAD is answered from GET, and OPTIONS from this list. */
function allowedMethods(methods: readonly string[]): readonly string[] {
  const head = methods.includes('GET') ? ['HEAD'] : [];
  return [...methods, ...head, 'OPTIONS'];
}
