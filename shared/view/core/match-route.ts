/** The values of a path's parameters by name: `{ id: 'i-1' }`. */
export type PathParameters = Readonly<Record<string, string>>;

export interface RouteMatch<Route> {
  readonly route: Route;
  readonly parameters: PathParameters;
}

/** The first route whose path fits the decoded segments. */
export function matchRoute<Route extends { readonly path: string }>(
  routes: readonly Route[],
  segments: readonly string[],
): RouteMatch<Route> | undefined {
  for (const route of routes) {
    const parameters = parametersIn(route.path, segments);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

/** `/instances/{id}` fits two segments, and the second one is the parameter `id`. */
function parametersIn(path: string, segments: readonly string[]): PathParameters | undefined {
  const pattern = path.split('/').filter((part) => part !== '');
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = pattern[index] ?? '';
    const name = /^\{(\w+)\}$/u.exec(part)?.[1];
    if (name !== undefined) parameters[name] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}
