/** Regions of storage vendors by their number, from Agora's pages on storage regions (EN and zh) and its release notes. */

/** Names of one vendor by number; an empty name is a number that Agora's pages do not have. */
type RegionNames = readonly string[];

const AMAZON: RegionNames =
  'us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 ap-northeast-2 sa-east-1 ca-central-1 ap-south-1 cn-north-1 cn-northwest-1 - af-south-1 ap-east-1 ap-northeast-3 eu-north-1 me-south-1 - ap-southeast-3 eu-south-1'.split(
    ' ',
  );
const ALIBABA: RegionNames =
  'cn-hangzhou cn-shanghai cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-shenzhen hongkong us-west-1 us-east-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-northeast-1 ap-south-1 eu-central-1 eu-west-1 eu-east-1 ap-southeast-6 cn-heyuan cn-guangzhou cn-chengdu cn-nanjing cn-fuzhou cn-wulanchabu cn-northeast-2 cn-southeast-7'.split(
    ' ',
  );
const TENCENT: RegionNames =
  'ap-beijing-1 ap-beijing ap-shanghai ap-guangzhou ap-chengdu ap-chongqing ap-shenzhen-fsi ap-shanghai-fsi ap-beijing-fsi ap-hongkong ap-singapore ap-mumbai ap-seoul ap-bangkok ap-tokyo na-siliconvalley na-ashburn na-toronto eu-frankfurt eu-moscow'.split(
    ' ',
  );
const HUAWEI: RegionNames =
  'cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1 cn-southwest-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 af-south-1 sa-argentina-1 sa-peru-1 na-mexico-1 sa-brazil-1 la-south-2 sa-chile-1'.split(
    ' ',
  );
const BAIDU: RegionNames = '- cn-baoding cn-suzhou cn-guangzhou hongkong singapore cn-wuhan cn-shanghai'.split(' ');

export const VENDOR = { amazon: 1, alibaba: 2, tencent: 3, azure: 5, google: 6, huawei: 7, baidu: 8, compatible: 11 } as const;

/** Vendors whose region is not read (zh `api-reference.mdx`). */
export const WITHOUT_REGION: readonly unknown[] = [VENDOR.azure, VENDOR.google, VENDOR.compatible];

const VENDORS: Readonly<Record<number, { readonly name: string; readonly regions: RegionNames }>> = {
  [VENDOR.amazon]: { name: 'Amazon S3', regions: AMAZON },
  [VENDOR.alibaba]: { name: 'Alibaba Cloud', regions: ALIBABA },
  [VENDOR.tencent]: { name: 'Tencent Cloud', regions: TENCENT },
  [VENDOR.azure]: { name: 'Microsoft Azure', regions: [] },
  [VENDOR.google]: { name: 'Google Cloud', regions: [] },
  [VENDOR.huawei]: { name: 'Huawei Cloud', regions: HUAWEI },
  [VENDOR.baidu]: { name: 'Baidu AI Cloud', regions: BAIDU },
  [VENDOR.compatible]: { name: 'S3-compatible storage', regions: [] },
};

/** What Agora calls a vendor; undefined for a number that is in no table. */
export function vendorName(vendor: number): string | undefined {
  return VENDORS[vendor]?.name;
}

/** The vendor's own name of a region; undefined for a number that is in no table. */
export function regionName(vendor: number, region: number): string | undefined {
  const name = VENDORS[vendor]?.regions[region];
  return name === '-' ? undefined : name;
}

/** The number in the vendor's table that is nearest to one which is not there; undefined for a vendor without a table. */
export function nearestRegion(vendor: number, region: number): number | undefined {
  const numbers = [...(VENDORS[vendor]?.regions.keys() ?? [])].filter((number) => regionName(vendor, number) !== undefined);
  return numbers.sort((a, b) => Math.abs(a - region) - Math.abs(b - region))[0];
}

/** The areas of `region` in an acquire, by the mainland cities and prefixes of the vendors' names. */
const AREAS: readonly (readonly [RegExp, string])[] = [
  [/^cn-|^ap-(beijing|shanghai|guangzhou|chengdu|chongqing|shenzhen)/, 'CN'],
  [/^(ap-|hongkong|singapore)/, 'AP'],
  [/^eu-/, 'EU'],
  [/^(us-|ca-|na-(siliconvalley|ashburn|toronto))/, 'NA'],
];

/** `CN`, `AP`, `EU` or `NA`; undefined where the tables do not tell. */
export function areaOf(vendor: number, region: number): string | undefined {
  const name = regionName(vendor, region);
  return name === undefined ? undefined : AREAS.find(([pattern]) => pattern.test(name))?.[1];
}
