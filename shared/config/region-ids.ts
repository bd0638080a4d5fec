/**
 * The public regions, to recognise a misspelt one. A region that is not here may be a new one.
 * Source: ECS "Regions and zones".
 */
const REGION_IDS: readonly string[] = [
  'cn-qingdao',
  'cn-beijing',
  'cn-zhangjiakou',
  'cn-huhehaote',
  'cn-wulanchabu',
  'cn-hangzhou',
  'cn-shanghai',
  'cn-nanjing',
  'cn-fuzhou',
  'cn-wuhan-lr',
  'cn-shenzhen',
  'cn-heyuan',
  'cn-guangzhou',
  'cn-chengdu',
  'cn-hongkong',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-southeast-1',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'us-east-1',
  'us-west-1',
  'na-south-1',
  'eu-west-1',
  'eu-central-1',
  'me-east-1',
  'me-central-1',
];

/** The regions that an id may be a misspelling of. Those that differ in their number only are not. */
export function regionsLike(id: string): readonly string[] {
  if (REGION_IDS.includes(id)) return [];
  return REGION_IDS.filter((known) => numbersIn(known) === numbersIn(id));
}

function numbersIn(id: string): string {
  return id.replace(/\D/gu, '');
}
