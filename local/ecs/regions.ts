/** A region as DescribeRegions returns it, and what instances in it look like. */
export interface Region {
  readonly regionId: string;
  /** In Chinese, which is the service's default language, and in English. */
  readonly localName: { readonly chinese: string; readonly english: string };
  readonly zoneIds: readonly string[];
  readonly clusterIds: readonly string[];
  /** How the ids of its resources begin: `i-bp1…` in Hangzhou. */
  readonly idPrefix: string;
}

const KNOWN = [
  region('cn-hangzhou', '华东1（杭州）', 'China (Hangzhou)', 'bp1', ['-h', '-i', '-j', '-k']),
  region('cn-shanghai', '华东2（上海）', 'China (Shanghai)', 'uf6', ['-b', '-g', '-l', '-m']),
  region('cn-beijing', '华北2（北京）', 'China (Beijing)', '2ze', ['-f', '-h', '-k', '-l']),
  region('cn-shenzhen', '华南1（深圳）', 'China (Shenzhen)', 'wz9', ['-d', '-e', '-f']),
  region('cn-hongkong', '中国香港', 'China (Hong Kong)', 'j6c', ['-b', '-c', '-d']),
  region('ap-southeast-1', '新加坡', 'Singapore', 't4n', ['a', 'b', 'c']),
  region('eu-central-1', '德国（法兰克福）', 'Germany (Frankfurt)', 'gw8', ['a', 'b', 'c']),
  region('us-west-1', '美国（硅谷）', 'US (Silicon Valley)', 'rj9', ['a', 'b']),
];

/** The region with this id. A region that is not in the table gets two zones, and its id as its name. */
export function regionOf(regionId: string): Region {
  return (
    KNOWN.find((known) => known.regionId === regionId) ??
    region(regionId, regionId, regionId, '0jl', ['-a', '-b'])
  );
}

function region(
  regionId: string,
  chinese: string,
  english: string,
  idPrefix: string,
  zones: readonly string[],
): Region {
  return {
    regionId,
    localName: { chinese, english },
    idPrefix,
    zoneIds: zones.map((zone) => regionId + zone),
    clusterIds: ['a', 'b'].map((letter) => `cl-${idPrefix}${letter}`),
  };
}
