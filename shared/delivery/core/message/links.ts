import { fleetInConsole, instanceInConsole } from '../../../core/console.ts';
import type { Wording } from '../../../core/wording.ts';
import type { Words } from '../../../core/words/words.ts';
import type { Link } from './line.ts';
import { regionIn } from './place.ts';

/** Where to look at an instance. The console has no page of one that is released. */
export function instanceLinks(
  { scope, instanceId, isGone }: { scope: string; instanceId: string; isGone: boolean },
  { links }: Words,
  { language, viewUrl, withoutConsole }: Wording,
): readonly Link[] {
  const id = encodeURIComponent(instanceId);
  const region = regionIn(scope);
  return [
    ...(isGone || region === '' || withoutConsole === true
      ? []
      : [{ label: links.console, url: instanceInConsole(language, instanceId, region) }]),
    ...(viewUrl === undefined
      ? []
      : [{ label: links.instance, url: addressIn(viewUrl, `instances/${id}`) }]),
  ];
}

/** Where to look at all instances: in the view, or in the console, which shows a region at a time. */
export function fleetLinks(
  regions: ReadonlySet<string>,
  { links }: Words,
  { language, viewUrl, withoutConsole }: Wording,
): readonly Link[] {
  if (viewUrl !== undefined) return [{ label: links.view, url: addressIn(viewUrl, '') }];
  if (withoutConsole === true) return [];
  const [only = '', ...others] = regions;
  const region = others.length === 0 ? only : '';
  return [{ label: links.console, url: fleetInConsole(language, region) }];
}

/** Addresses stay below one that ends without a slash, too. */
function addressIn(viewUrl: string, path: string): string {
  return new URL(path, viewUrl.endsWith('/') ? viewUrl : `${viewUrl}/`).href;
}
