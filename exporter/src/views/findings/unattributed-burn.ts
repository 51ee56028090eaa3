import { sumAmounts } from '../../units/money';
import { printAmount } from '../../units/money-text';
import { type Check, findingsOf, type Trouble } from './finding-facts';

/** Which hosts are used now by something that nothing knows. */
export const unattributedBurn: Check = ({ state: { spend, currency } }) => {
  const burning = spend.filter(({ kind, perHour }) => kind === 'unattributed' && perHour > 0n);
  const hosts = [...new Set(burning.map(({ host }) => host))];
  const troubles = hosts.map((host): Trouble => {
    const perHour = sumAmounts(burning.filter((one) => one.host === host).map((one) => one.perHour));
    return {
      status: 'warn',
      detail: `GPUs of ${host} work for nobody known: ${printAmount(perHour)} ${currency} an hour are unattributed.`,
      fix:
        `See what runs there (ssh ${host} nvidia-smi). A pod: add its cluster under feeds.kubernetes. A run: declare ` +
        `what it holds:\nholdings:\n  - {flow: <flow>, host: ${host}, gpus: <gpus>}`,
    };
  });
  return findingsOf('unattributed_burn', 'Nothing that works is unattributed.', troubles);
};
