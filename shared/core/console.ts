import type { Language } from './wording.ts';

/**
 * The ECS console. No page of the documentation gives the address of an instance in it, so it is not
 * verified: Tag's ListSupportedProducts gives it in an example
 * (`…/#/server/@{ResourceId}/detail?regionId=@{RegionId}`), and browsers show it without `#/`.
 * Chinese and international accounts sign in at consoles of their own.
 */
const CONSOLES: Readonly<Record<Language, string>> = {
  zh: 'https://ecs.console.aliyun.com',
  en: 'https://ecs.console.alibabacloud.com',
};

/** The page of an instance. There is none of one that is released. */
export function instanceInConsole(language: Language, instanceId: string, region: string): string {
  const path = `server/${encodeURIComponent(instanceId)}/detail`;
  return `${CONSOLES[language]}/${path}?regionId=${encodeURIComponent(region)}`;
}

/** All instances of a region; empty: of the one that was looked at last. */
export function fleetInConsole(language: Language, region: string): string {
  return `${CONSOLES[language]}/server/region/${encodeURIComponent(region)}`;
}
