/** Which part of a GPU one instance of it is: `slices` of `total` compute slices, both whole and positive. */
export type MigShare = { readonly slices: number; readonly total: number };

// The profile `2g.10gb` in each spelling: `mig-2g.10gb`, `nvidia_com_mig_2g_10gb`, `2g.10gb+me`, `1c.2g.10gb`.
const PROFILE = /(?:^|[^0-9a-z])(?:(\d{1,2})c[._])?(\d{1,2})g[._](\d{1,4})gb(?![0-9a-z])/i;

const FOUR_SLICES = /\bA30\b|RTX PRO( Server)? 6000/i;
const TWO_SLICES = /RTX PRO( Server)? (5000|4500)/i;
// No board with seven slices has these sizes.
const SIZES_OF_FOUR_SLICES: readonly string[] = ['1g.6gb', '2g.12gb', '4g.24gb', '2g.48gb', '4g.96gb'];

/**
 * Reads a MIG profile: its compute slices and how many its board has. 7 on A100, H100, H200, B200 and on a model that
 * is not known, 4 on A30 and RTX PRO 6000, 2 on RTX PRO 5000 and 4500 (NVIDIA's MIG user guide, "Supported GPUs").
 * A compute instance (`1c.3g.20gb`) counts with its own slices. Null for a text that names no profile.
 */
export function migShare(profile: string, gpuModel: string | null): MigShare | null {
  const match = PROFILE.exec(profile);
  if (match === null) return null;
  const [, compute, instance, gigabytes] = match;
  const total = slicesOf(gpuModel, `${instance}g.${gigabytes}gb`);
  const slices = Number(compute ?? instance);
  return slices === 0 ? null : { slices: Math.min(slices, total), total };
}

function slicesOf(gpuModel: string | null, size: string): number {
  const model = (gpuModel ?? '').replaceAll('-', ' ');
  if (FOUR_SLICES.test(model)) return 4;
  if (TWO_SLICES.test(model)) return 2;
  return model === '' && SIZES_OF_FOUR_SLICES.includes(size) ? 4 : 7;
}
