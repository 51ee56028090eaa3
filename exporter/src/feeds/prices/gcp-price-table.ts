import type { PriceTable } from './parse';

/**
 * GCP in us-central1: on-demand and spot prices of the GPU machine types as of 2026-08-03 and their published size.
 * Where the figures come from and under which licenses: docs/prices.md. `-` is unknown.
 */
export const GCP_US_CENTRAL1: PriceTable = {
  provider: 'gcp',
  region: 'us-central1',
  asOf: '2026-08-03',
  source: 'cloudpilot-ai/karpenter-provider-gcp',
  rows: `
instance_type    on_demand         spot              vcpu  memory_gib  gpus  gpu_model
a2-highgpu-1g    3.673385          1.92802           12    85          1     NVIDIA A100
a2-highgpu-2g    7.34677           3.85604           24    170         2     NVIDIA A100
a2-highgpu-4g    14.69354          7.71208           48    340         4     NVIDIA A100
a2-highgpu-8g    29.38708          15.42416          96    680         8     NVIDIA A100
a2-megagpu-16g   55.739504         29.25568          96    1360        16    NVIDIA A100
a2-ultragpu-1g   5.06879789041096  2.75954630136986  12    170         1     NVIDIA A100
a2-ultragpu-2g   10.1375957808219  5.51909260273973  24    340         2     NVIDIA A100
a2-ultragpu-4g   20.2751915616438  11.0381852054795  48    680         4     NVIDIA A100
a2-ultragpu-8g   40.5503831232877  22.0763704109589  96    1360        8     NVIDIA A100
a3-highgpu-1g    11.0612499878219  6.32619260273973  26    234         1     NVIDIA H100
a3-highgpu-2g    22.1224999756438  12.6523852054795  52    468         2     NVIDIA H100
a3-highgpu-4g    44.2449999512877  25.3047704109589  104   936         4     NVIDIA H100
a3-highgpu-8g    88.4899999025753  50.6095408219178  208   1872        8     NVIDIA H100
g2-standard-12   1.000416287       0.562408          12    48          1     NVIDIA L4
g2-standard-16   1.147208303       0.644944          16    64          1     NVIDIA L4
g2-standard-24   2.000832574       1.124816          24    96          2     NVIDIA L4
g2-standard-32   1.734376367       0.975088          32    128         1     NVIDIA L4
g2-standard-4    0.706832255       0.397336          4     16          1     NVIDIA L4
g2-standard-48   4.001665148       2.249632          48    192         4     NVIDIA L4
g2-standard-8    0.853624271       0.479872          8     32          1     NVIDIA L4
g2-standard-96   8.003330296       4.499264          96    384         8     NVIDIA L4
g4-standard-12   1.1249825         0.449955          -     -           -     -
g4-standard-192  17.99972          7.19928           -     -           -     -
g4-standard-24   2.249965          0.89991           -     -           -     -
g4-standard-384  35.99944          14.39856          -     -           -     -
g4-standard-48   4.49993           1.79982           -     -           -     -
g4-standard-6    0.55955625        0.2238035         -     -           -     -
g4-standard-96   8.99986           3.59964           -     -           -     -
`,
};
