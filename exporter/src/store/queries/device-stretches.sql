-- Samples of a device, in order → what each covers → stretches, of samples from `readFrom` to `readTo`; those that
-- share time with `from` to `to`. Each array of a device has one element a sample, since windows took twice the time.
-- A sample without an activity is no sample of activity: the one before it goes on speaking, while it holds.
-- Energy is told between neighbours and counts for the part that is covered: by the board's counter where both have
-- one and are not five minutes apart, else by power where the later one comes while the earlier one holds.
WITH
  samples AS (
    SELECT
      *,
      cityHash64(activity_ppm > 10000, pods, isNull(profile), ifNull(profile, '')) AS told_kind,
      if(isNull(activity_ppm), NULL, told_kind) AS kind
    FROM gpu_samples FINAL
    WHERE hour BETWEEN intDiv({readFrom:Int64}, 3600000) AND intDiv({readTo:Int64}, 3600000)
      AND host IN {hosts:Array(String)} AND at >= {readFrom:Int64} AND at < {readTo:Int64}
  ),
  devices AS (
    SELECT
      host, uuid, instance,
      groupUniqArrayIf((assumeNotNull(kind), pods, profile), isNotNull(kind)) AS named,
      arraySort(sample -> sample.1, groupArray((at, holds_ms, activity_ppm, power_mw, energy_mj, kind))) AS told,
      told.1 AS ats, told.2 AS holds, told.3 AS own_ppms, told.4 AS powers, told.5 AS own_counters, told.6 AS own_kinds
    FROM samples
    GROUP BY host, uuid, instance
  ),
  neighbours AS (
    SELECT
      *,
      arrayPushBack(arrayPopFront(ats), {readTo:Int64}) AS next_ats,
      arrayPushFront(arrayPopBack(ats), 0) AS last_ats,
      arrayPushFront(arrayPopBack(holds), 0) AS last_holds,
      arrayPushFront(arrayPopBack(powers), NULL) AS last_powers,
      arrayPushFront(arrayPopBack(own_counters), NULL) AS last_own_counters,
      arrayPushFront(arrayPopBack(arrayFill(c -> isNotNull(c), own_counters)), NULL) AS last_counters,
      arrayPushFront(arrayPopBack(arrayFill((a, c) -> isNotNull(c), ats, own_counters)), 0) AS counted_ats,
      arrayFill(ppm -> isNotNull(ppm), own_ppms) AS ppms,
      arrayFill(kind -> isNotNull(kind), own_kinds) AS kinds,
      arrayFill((until, ppm) -> isNotNull(ppm), arrayMap((a, h) -> a + h, ats, holds), own_ppms) AS untils,
      arrayMap(
        (a, next, until, ppm) -> if(isNull(ppm), a, greatest(a, least(next, until, {readTo:Int64}))),
        ats, next_ats, untils, ppms
      ) AS ends
    FROM devices
  ),
  -- The most that a counter can have counted: 1,000 W, or twice the last power, for 75 s more, since exporters cache
  -- it. A fall beyond that is a reset, after which it counted its new value; what is beyond that is not believed.
  counters AS (
    SELECT
      *,
      arrayMap((c, l) -> c - l, own_counters, last_counters) AS rises,
      arrayMap(
        (a, counted, power) -> intDiv(greatest(1000000, 2 * ifNull(power, 0)) * (a - counted + 75000), 1000),
        ats, counted_ats, last_powers
      ) AS mosts,
      arrayMap((rise, most) -> ifNull(abs(rise) <= most, false), rises, mosts) AS steady,
      arrayMap((rise, c, most) -> ifNull(rise < -most AND c <= most, false), rises, own_counters, mosts) AS restarted,
      arrayMap(
        (s, r, rise, c) -> toInt64(multiIf(s, assumeNotNull(rise), r, assumeNotNull(c), 0)),
        steady, restarted, rises, own_counters
      ) AS steps,
      -- Two exporters may cache the counter for different times: this is how far it lags behind its highest so far.
      arrayCumSumNonNegative(arrayMap(step -> -step, steps)) AS lags,
      arrayMap(
        (step, lag, last_lag) -> step + lag - last_lag, steps, lags, arrayPushFront(arrayPopBack(lags), 0)
      ) AS counts
    FROM neighbours
  ),
  energies AS (
    SELECT
      *,
      arrayMap(
        (ms, hold, believed, l, counted, power, last_power) -> multiIf(
          instance <> '', NULL,
          believed AND isNotNull(l) AND ms <= 300000, counted,
          ms <= hold, intDiv((power + last_power) * ms, 2000),
          NULL
        ),
        arrayMap((a, last) -> a - last, ats, last_ats), last_holds,
        arrayMap((s, r) -> s OR r, steady, restarted), last_own_counters, counts, powers, last_powers
      ) AS since_last,
      arrayMap(
        (e, a, end, next) -> if(end > a, intDiv(e * (end - a), next - a), NULL),
        arrayPushBack(arrayPopFront(since_last), NULL), ats, ends, next_ats
      ) AS used,
      arrayMap(
        (a, last_end, kind, last_kind) -> a <> last_end OR ifNull(kind <> last_kind, true),
        ats, arrayPushFront(arrayPopBack(ends), 0), kinds, arrayPushFront(arrayPopBack(kinds), NULL)
      ) AS begins
    FROM counters
  ),
  stretches AS (
    SELECT host, uuid, instance, stretch, arrayFirst(entry -> entry.1 = stretch.3, named) AS name
    FROM energies
    ARRAY JOIN arrayZip(
      arrayMap(s -> s[1], arraySplit((a, b) -> b, ats, begins)),
      arrayMap(s -> s[-1], arraySplit((e, b) -> b, ends, begins)),
      arrayMap(s -> s[1], arraySplit((k, b) -> b, kinds, begins)),
      arrayMap(s -> s[1], arraySplit((p, b) -> b, ppms, begins)),
      arrayMap(s -> arraySum(s), arraySplit(
        (p, b) -> b, arrayMap((a, e, p) -> (e - a) * ifNull(p, 0), ats, ends, ppms), begins
      )),
      arrayMap(
        s -> if(arrayExists(u -> isNotNull(u), s), arraySum(arrayMap(u -> ifNull(u, 0), s)), NULL),
        arraySplit((u, b) -> b, used, begins)
      )
    ) AS stretch
    WHERE stretch.2 > stretch.1 AND stretch.1 < {to:Int64} AND stretch.2 > {from:Int64}
  )
SELECT
  host, uuid, instance,
  name.3 AS stretch_profile,
  stretch.1 AS stretch_start,
  stretch.2 AS stretch_end,
  toBool(ifNull(stretch.4, 0) > 10000) AS active,
  stretch.5 AS ppm_ms,
  stretch.6 AS energy,
  name.2 AS named_pods
FROM stretches
ORDER BY host, uuid, instance, stretch_start
