import { existsAt, hourlyPrice } from '../simulation/host-plan';
import { DEPLOYMENT } from '../simulation/truth';
import type { Plan, SimulatedRun } from '../simulation/world-facts';
import type { Instant } from '../units/interval';
import { printAmount } from '../units/money-text';

/** Where the exporter and the stand-in server are, and when. */
export type DemoPlace = { readonly address: string; readonly url: string; readonly now: Instant };

/** What the demo says once its first cycle is through: what is generated, and where to look. */
export function demoText(plan: Plan, { address, url, now }: DemoPlace): string {
  const alive = plan.hosts.filter((host) => existsAt(host, now));
  const gpus = alive.reduce((sum, { gpuUuids }) => sum + gpuUuids.length, 0);
  const runaway = plan.runs.find(({ note, started }) => note !== null && started <= now);
  const cordoned = alive.filter(({ cordoned: isClosed }) => isClosed).map(({ name }) => name);
  const endpoint = plan.services[0];
  const lines = [
    '',
    `The GENERATED cluster "${DEPLOYMENT}": ${alive.length} nodes, ${gpus} GPUs, ` +
      `${printAmount(hourlyPrice(plan.hosts, now))} $/h, ${plan.runs.length} runs since a week ago. It goes on.`,
    ...(runaway ? [runawayLine(runaway, { address, now })] : []),
    ...(endpoint ? [`  a warm endpoint that nobody asks: ${endpoint.namespace}/${endpoint.owner.name}`] : []),
    `  a node that is paid for and takes no work: ${cordoned.join(', ')}`,
    'Look at:',
    `  ${address}/                                  every feed and how fresh it is`,
    `  ${address}/metrics                           what Prometheus scrapes`,
    `  ${address}/api/v1/runs?deployment=${DEPLOYMENT}   what runs cost, newest first`,
    `  ${address}/api/v1/idle                       what nobody used, by cause`,
    `  ${url}/targets/ksm/metrics   what the generated cluster itself says`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function runawayLine(run: SimulatedRun, { address, now }: { address: string; now: Instant }): string {
  const hours = Math.floor((now - run.started) / 3_600_000);
  const where = `${address}/api/v1/runs/${run.flow.name}/${run.number}?deployment=${DEPLOYMENT}`;
  return `  the runaway run: ${run.flow.name}/${run.number}, for ${hours} h now; it ${run.note}\n    ${where}`;
}
