import type { PriceTable } from './parse';

/**
 * Azure in eastus: pay-as-you-go prices of the GPU sizes as of 2026-06-18 and their published size where it is certain.
 * Where the figures come from and under which licenses: docs/prices.md. `-` is unknown.
 */
export const AZURE_EASTUS: PriceTable = {
  provider: 'azure',
  region: 'eastus',
  asOf: '2026-06-18',
  source: 'Azure/karpenter-provider-azure',
  rows: `
instance_type                          on_demand  vcpu  memory_gib  gpus  gpu_model
Standard_NC128ds_xl_RTXPRO6000BSE_v6   6.38       -     -           -     -
Standard_NC128lds_xl_RTXPRO6000BSE_v6  5.5        -     -           -     -
Standard_NC12_Promo                    0.792      -     -           -     -
Standard_NC12s_v3                      6.12       12    224         2     NVIDIA V100
Standard_NC132ds_xl_RTXPRO6000BSE_v6   6.38       -     -           -     -
Standard_NC132lds_xl_RTXPRO6000BSE_v6  5.5        -     -           -     -
Standard_NC144ds_xl_RTXPRO6000BSE_v6   5.5        -     -           -     -
Standard_NC144lds_xl_RTXPRO6000BSE_v6  5.5        -     -           -     -
Standard_NC16as_T4_v3                  1.204      16    110         1     NVIDIA T4
Standard_NC16lds_xl_RTXPRO6000BSE_v6   1.13       -     -           -     -
Standard_NC24_Promo                    1.584      -     -           -     -
Standard_NC24ads_A100_v4               3.673      24    220         1     NVIDIA A100
Standard_NC24lds_xl_RTXPRO6000BSE_v6   1.13       -     -           -     -
Standard_NC24r_Promo                   1.742      -     -           -     -
Standard_NC24rs_v3                     13.46      24    448         4     NVIDIA V100
Standard_NC24s_v3                      12.24      24    448         4     NVIDIA V100
Standard_NC256ds_xl_RTXPRO6000BSE_v6   12.76      -     -           -     -
Standard_NC256lds_xl_RTXPRO6000BSE_v6  11         -     -           -     -
Standard_NC264ds_xl_RTXPRO6000BSE_v6   12.76      -     -           -     -
Standard_NC264lds_xl_RTXPRO6000BSE_v6  11         -     -           -     -
Standard_NC288ds_xl_RTXPRO6000BSE_v6   11         -     -           -     -
Standard_NC288lds_xl_RTXPRO6000BSE_v6  11         -     -           -     -
Standard_NC320ds_xl_RTXPRO6000BSE_v6   16.588     -     -           -     -
Standard_NC320lds_xl_RTXPRO6000BSE_v6  14.3       -     -           -     -
Standard_NC324ds_xl_RTXPRO6000BSE_v6   16.588     -     -           -     -
Standard_NC324lds_xl_RTXPRO6000BSE_v6  14.3       -     -           -     -
Standard_NC32ds_xl_RTXPRO6000BSE_v6    1.442      -     -           -     -
Standard_NC32lds_xl_RTXPRO6000BSE_v6   1.243      -     -           -     -
Standard_NC36ds_xl_RTXPRO6000BSE_v6    1.442      -     -           -     -
Standard_NC36lds_xl_RTXPRO6000BSE_v6   1.243      -     -           -     -
Standard_NC40ads_H100_v5               6.98       40    320         1     NVIDIA H100 NVL
Standard_NC48ads_A100_v4               7.346      48    440         2     NVIDIA A100
Standard_NC4as_T4_v3                   0.526      4     28          1     NVIDIA T4
Standard_NC64as_T4_v3                  4.352      64    440         4     NVIDIA T4
Standard_NC64ds_xl_RTXPRO6000BSE_v6    2.83       -     -           -     -
Standard_NC64lds_xl_RTXPRO6000BSE_v6   2.44       -     -           -     -
Standard_NC6_Promo                     0.396      -     -           -     -
Standard_NC6s_v3                       3.06       6     112         1     NVIDIA V100
Standard_NC72ds_xl_RTXPRO6000BSE_v6    2.83       -     -           -     -
Standard_NC72lds_xl_RTXPRO6000BSE_v6   2.44       -     -           -     -
Standard_NC80adis_H100_v5              13.96      80    640         2     NVIDIA H100 NVL
Standard_NC8as_T4_v3                   0.752      8     56          1     NVIDIA T4
Standard_NC8lds_xl_RTXPRO6000BSE_v6    0.55       -     -           -     -
Standard_NC96ads_A100_v4               14.692     96    880         4     NVIDIA A100
Standard_ND128isr_NDR_GB200_v6         108.16     -     -           -     -
Standard_ND40rs_v2                     22.032     40    672         8     NVIDIA V100
Standard_ND40s_v2                      12.24      -     -           -     -
Standard_ND96ams_A100_v4               32.77      96    1900        8     NVIDIA A100
Standard_ND96amsr_A100_v4              32.77      96    1900        8     NVIDIA A100
Standard_ND96asr_A100_v4               27.197     96    900         8     NVIDIA A100
Standard_ND96asr_v4                    27.197     96    900         8     NVIDIA A100
Standard_ND96is_H100_v5                88.488     -     -           -     -
Standard_ND96is_flex_H100_v5           88.488     -     -           -     -
Standard_ND96is_noIB_H100_v5           88.488     -     -           -     -
Standard_ND96isr_H100_v5               98.32      96    1900        8     NVIDIA H100
Standard_ND96isrf_H100_v5              98.32      -     -           -     -
Standard_NV12_Promo                    1.368      -     -           -     -
Standard_NV12ads_A10_v5                0.908      -     -           -     -
Standard_NV12ads_V710_v5               1          -     -           -     -
Standard_NV12s_v3                      1.14       12    112         1     NVIDIA M60
Standard_NV16as_v4                     0.932      -     -           -     -
Standard_NV18ads_A10_v5                1.6        -     -           -     -
Standard_NV24_Promo                    2.736      -     -           -     -
Standard_NV24ads_V710_v5               2          -     -           -     -
Standard_NV24s_v3                      2.28       24    224         2     NVIDIA M60
Standard_NV28adms_V710_v5              2.4        -     -           -     -
Standard_NV32as_v4                     1.864      -     -           -     -
Standard_NV36adms_A10_v5               4.52       36    880         1     NVIDIA A10
Standard_NV36ads_A10_v5                3.2        36    440         1     NVIDIA A10
Standard_NV48s_v3                      4.56       48    448         4     NVIDIA M60
Standard_NV4ads_V710_v5                0.333      -     -           -     -
Standard_NV4as_v4                      0.233      -     -           -     -
Standard_NV6_Promo                     0.684      -     -           -     -
Standard_NV6ads_A10_v5                 0.454      -     -           -     -
Standard_NV72ads_A10_v5                6.52       72    880         2     NVIDIA A10
Standard_NV8ads_V710_v5                0.667      -     -           -     -
Standard_NV8as_v4                      0.466      -     -           -     -
`,
};
