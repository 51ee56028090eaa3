import type { Command } from 'commander';
import { calcOptions, calculate } from './rates-calc';
import type { RatesIo } from './rates-io';
import { validate } from './rates-validate';

export type { RatesIo } from './rates-io';

const VALIDATE_EXAMPLE = `
Example:
  $ flowledger rates validate --config ./flowledger.yaml
  Lists every fault with its line and column and exits with 2, or lists each host with its price in force.`;

const CALC_EXAMPLE = `
Amounts are for one whole host, in the currency of your ledger. A month is 730 hours.

Example: 120,000 over 36 months, and 6.5 kW at a PUE of 1.4 and 0.08 per kWh
  $ flowledger rates calc --capex 120000 --months 36 --power-kw 6.5 --pue 1.4 --price-per-kwh 0.08 --gpus 8`;

/** Adds `rates validate` and `rates calc` to a program. */
export function registerRates(program: Command, io: RatesIo): void {
  const rates = program
    .command('rates')
    .description('check the configuration and its prices, and work out a rate card');
  rates
    .command('validate')
    .description('list every fault of the configuration, or each host with its price in force')
    .option('--config <file>', 'the configuration', undefined)
    .option('--json', 'print JSON')
    .addHelpText('after', VALIDATE_EXAMPLE)
    .action((_options, command: Command) => validate(command.optsWithGlobals(), io));

  const calc = rates.command('calc').description('work out what a host and each of its GPUs cost an hour');
  for (const { flags, about } of calcOptions) calc.option(flags, about);
  calc
    .option('--json', 'print JSON')
    .addHelpText('after', CALC_EXAMPLE)
    .action((_options, command: Command) => calculate(command.optsWithGlobals(), io));
}
