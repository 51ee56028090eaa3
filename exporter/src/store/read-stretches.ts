import type { DeviceStretch } from '../facts/gpu-sample';
import type { Interval } from '../units/interval';
import { compareUtf8 } from '../units/utf8-order';
import type { Engine } from './engine';
import { stretchRow } from './rows/sample-row';
import { statement } from './sql-file';

/** Five minutes and the longest that a sample holds: how far beyond a span a stretch is followed. */
const MARGIN_MS = 375_000;
/** A statement sorts all samples of its hosts: so many at once bound its memory. */
const HOSTS_AT_ONCE = 250;

/** What the devices of these hosts did inside a span, measured by the engine from their samples. */
export async function deviceStretches(
  engine: Engine,
  hosts: readonly string[],
  { start, end }: Interval,
): Promise<DeviceStretch[]> {
  const asked = [...new Set(hosts)].sort(compareUtf8);
  const span = { from: start, to: end, readFrom: start - MARGIN_MS, readTo: end + MARGIN_MS };
  const stretches: DeviceStretch[] = [];
  for (let from = 0; from < asked.length; from += HOSTS_AT_ONCE) {
    const params = { ...span, hosts: asked.slice(from, from + HOSTS_AT_ONCE) };
    const measured = await engine.reader().query(statement('device-stretches'), stretchRow, params);
    for (const stretch of measured) stretches.push(stretch);
  }
  return stretches;
}
