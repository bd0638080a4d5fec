import { LOCAL_INSTANCE, LOCAL_KEYS, type LocalCloud } from '../local/index.ts';

/** The addresses and keys of a local cloud, and the environment of a command that watches it. */
export function addressesOf(
  cloud: LocalCloud,
  watcher: Readonly<Record<string, string>> = cloud.environment,
) {
  return {
    ecs: cloud.ecs.url,
    tablestore: cloud.tablestore.url,
    instance: LOCAL_INSTANCE,
    ...LOCAL_KEYS,
    inbox: cloud.channels.url,
    control: cloud.control.url,
    sts: cloud.sts.url,
    env: {
      ...watcher,
      // For setup and teardown: these services share an address here.
      RAM_ENDPOINT: cloud.sts.url,
      CMS_ENDPOINT: cloud.sts.url,
      TABLESTORE_CONTROL_ENDPOINT: cloud.sts.url,
      ALIBABA_CLOUD_ACCESS_KEY_ID: LOCAL_KEYS.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: LOCAL_KEYS.accessKeySecret,
    },
  };
}
