import { changesRoute } from './changes.ts';
import { countsRoute } from './counts.ts';
import { deliveriesRoute } from './deliveries.ts';
import { diffRoute } from './diff.ts';
import { discoveryRoute } from './discovery.ts';
import { healthRoute } from './health.ts';
import { homeRoute, plainRoute } from './home.ts';
import { iconRoute } from './icon.ts';
import { instanceRoute } from './instance.ts';
import { instancesRoute } from './instances.ts';
import { metricsRoute } from './metrics.ts';
import { noteRoute } from './note.ts';
import { openApiRoute } from './openapi.ts';
import type { Route } from './route.ts';

/** The addresses for programs. */
const LINKED = [
  instancesRoute,
  instanceRoute,
  noteRoute,
  changesRoute,
  diffRoute,
  countsRoute,
  deliveriesRoute,
  healthRoute,
  metricsRoute,
  discoveryRoute,
  openApiRoute(() => ROUTES),
];

/** Name → path of what there is to ask for. */
export const LINKS: Readonly<Record<string, string>> = Object.fromEntries(
  LINKED.map(({ name, path }) => [name, path]),
);

/** Every address of the view. */
export const ROUTES: readonly Route[] = [homeRoute(LINKS), ...LINKED, plainRoute, iconRoute];
