import { hostOfNode } from '../../../../exporter/src/feeds/kubernetes/node-host';

type Labels = { readonly [name: string]: string };

const hostOf = (providerId: string | null, labels: Labels = {}): ReturnType<typeof hostOfNode> =>
  hostOfNode({
    name: 'n',
    providerId,
    systemUuid: null,
    internalIp: null,
    created: null,
    deletion: null,
    capacity: new Map(),
    labels,
  });

describe('The provider id of a node', () => {
  const azure = 'azure:///subscriptions/AB/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/Gpu0';
  it.each([
    ['aws:///us-east-2a/i-0fea4fd46592d050b', 'aws', 'i-0fea4fd46592d050b', 'us-east-2a'],
    ['gce://ml-prod/us-central1-b/gke-1', 'gcp', 'gke-1', 'us-central1-b'],
    [azure, 'azure', azure.slice('azure://'.length).toLowerCase(), null],
    ['aws:///us-east-1a/3f1/fargate-ip-10-0-0-1', 'aws', 'fargate-ip-10-0-0-1', null],
    ['provider://i-uniqueid', null, 'i-uniqueid', null],
    ['kind://docker/kind/worker', null, 'worker', 'kind'],
    [null, null, null, null],
  ])('%s', (id, provider, billingResourceId, zone) => {
    expect(hostOf(id)).toMatchObject({ provider, billingResourceId, zone });
  });
});

describe('The region of a node', () => {
  const [AWS, GCP, AZURE] = ['aws:///', 'gce://p/z/n', 'azure:///x'];
  it.each<[string, string | null, Labels, string | null]>([
    ['AWS', AWS, { topology_kubernetes_io_zone: 'us-east-1a' }, 'us-east-1'],
    ['AWS, for governments', AWS, { topology_kubernetes_io_zone: 'us-gov-west-1b' }, 'us-gov-west-1'],
    ['AWS, a local zone', AWS, { topology_kubernetes_io_zone: 'us-west-2-lax-1a' }, 'us-west-2'],
    ['GCP', GCP, { topology_kubernetes_io_zone: 'europe-west4-c' }, 'europe-west4'],
    ['Azure with zones', AZURE, { topology_kubernetes_io_zone: 'eastus2-3' }, 'eastus2'],
    [
      'Azure without zones',
      AZURE,
      { topology_kubernetes_io_zone: '0', topology_kubernetes_io_region: 'westus' },
      'westus',
    ],
    ['before Kubernetes 1.17', AWS, { failure_domain_beta_kubernetes_io_zone: 'eu-west-1c' }, 'eu-west-1'],
    ["one's own", null, { topology_kubernetes_io_zone: 'hall-3', topology_kubernetes_io_region: 'berlin' }, 'berlin'],
    ['unknown', null, {}, null],
  ])('%s', (_, id, labels, region) => {
    expect(hostOf(id, labels).region).toBe(region);
  });
});

describe('The capacity type of a node', () => {
  it.each<[string, Labels, string | null]>([
    ['EKS', { eks_amazonaws_com_capacity_type: 'ON_DEMAND' }, 'on_demand'],
    ['EKS', { eks_amazonaws_com_capacity_type: 'SPOT' }, 'spot'],
    ['EKS, case kept', { eks_amazonaws_com_capacityType: 'SPOT' }, 'spot'],
    ['EKS', { eks_amazonaws_com_capacity_type: 'CAPACITY_BLOCK' }, 'committed'],
    ['Karpenter', { karpenter_sh_capacity_type: 'on-demand' }, 'on_demand'],
    ['Karpenter', { karpenter_sh_capacity_type: 'spot' }, 'spot'],
    ['Karpenter', { karpenter_sh_capacity_type: 'reserved' }, 'committed'],
    ['GKE', { cloud_google_com_gke_spot: 'true' }, 'spot'],
    ['GKE', { cloud_google_com_gke_preemptible: 'true' }, 'spot'],
    ['GKE, on demand or not let through', {}, null],
    ['AKS', { kubernetes_azure_com_scalesetpriority: 'spot' }, 'spot'],
    ['AKS', { kubernetes_azure_com_scalesetpriority: 'regular' }, 'on_demand'],
    ['a word that nobody knows', { karpenter_sh_capacity_type: 'borrowed' }, null],
  ])('%s %j', (_, labels, capacityType) => {
    expect(hostOf(null, labels).capacityType).toBe(capacityType);
  });
});

it('The pool of a node is what its cloud calls it', () => {
  const labels: Labels[] = [{ karpenter_sh_nodepool: 'a' }, { eks_amazonaws_com_nodegroup: 'b' }, {}];
  expect(labels.map((one) => hostOf(null, one).pool)).toEqual(['a', 'b', null]);
});
