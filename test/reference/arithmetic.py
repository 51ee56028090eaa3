"""The cost arithmetic, once more, in whole numbers and fractions.

Written from the design's text alone so that it can contradict the exporter. Money counts 10^-12 of the ledger's
currency; time is UTC milliseconds, half-open; one GPU weighs 10^9 for every millisecond it is held.
"""

from fractions import Fraction

HOUR = 3_600_000
GPU = 10**9
ENDLESS = 2**62
VCPU_HOUR = Fraction("0.031611")
GIB_HOUR = Fraction("0.004237")
CAUSES = ("no_work", "beside_work", "startup", "tail", "gap")


def divide_among(total, weights):
    """Largest remainder; equal remainders go to the earlier party. `total` is not negative."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def component_price(vcpu, memory_gib):
    """Reference dollars an hour of some vCPUs and GiB."""
    return VCPU_HOUR * vcpu + GIB_HOUR * memory_gib


def capacity_of(host):
    """What a host weighs each millisecond."""
    if host["gpus"] > 0:
        return host["gpus"] * GPU
    return round(component_price(host["vcpu"], host["memory_gib"]) * 10**9)


def weight_of(attempt, host, price):
    """What an attempt weighs each millisecond before any scaling; `round` of a Fraction is half-even."""
    components = component_price(attempt["vcpu"], attempt["memory_gib"])
    if host["gpus"] == 0:
        return round(components * 10**9)
    if attempt["gpus"] > 0:
        return round(attempt["gpus"] * GPU)
    return round(capacity_of(host) * components * 10**12 / price) if price else 0


def cut(start, end, borders):
    """[start, end) in pieces that hold no border inside."""
    edges = sorted({start, end, *(border for border in borders if start < border < end)})
    return list(zip(edges, edges[1:]))


def holds(attempt, start, end):
    """True when an attempt holds something within [start, end)."""
    if attempt["clone"] or attempt["gpus"] is None:
        return False
    return max(start, attempt["start"]) < min(end, attempt["end"])


def unattributed_at(host, holders, free, start):
    """The weight of active GPUs that nobody holds, by count; never more than what is left."""
    if host["gpus"] == 0:
        return 0
    active = sum(span["gpus"] for span in host["activity"] if span["start"] <= start < span["end"])
    held = sum(attempt["gpus"] for attempt in holders)
    return min(round(max(0, active - held) * GPU), free)


def idle_cause(host, holders, start):
    """Why capacity is idle at one moment of a charge period that has an attempt."""
    if holders:
        return "beside_work"
    if start < host["first_held"]:
        return "startup"
    if host["to"] is not None and start >= host["last_held"]:
        return "tail"
    return "gap"


def weigh(host, attempts, start, end, price):
    """Weights of one charge period: by attempt (in their order), unattributed, and idle by cause."""
    capacity = capacity_of(host)
    present = [attempt for attempt in attempts if holds(attempt, start, end)]
    held = [0] * len(present)
    unattributed = 0
    idle = dict.fromkeys(CAUSES, 0)
    borders = [edge for attempt in present for edge in (attempt["start"], attempt["end"])]
    borders += [edge for span in host["activity"] for edge in (span["start"], span["end"])]
    for left, right in cut(start, end, borders):
        places = [place for place, attempt in enumerate(present) if holds(attempt, left, right)]
        weights = [weight_of(present[place], host, price) for place in places]
        if sum(weights) > capacity:
            weights = divide_among(capacity, weights)
        free = capacity - sum(weights)
        holders = [present[place] for place in places]
        stray = unattributed_at(host, holders, free, left)
        for place, weight in zip(places, weights):
            held[place] += weight * (right - left)
        unattributed += stray * (right - left)
        cause = idle_cause(host, holders, left) if present else "no_work"
        idle[cause] += (free - stray) * (right - left)
    return present, held, unattributed, idle


def price_at(host, start):
    """10^-12 dollars an hour for the whole host, or None where it has no price."""
    for span in host["prices"]:
        if span["start"] <= start < span["end"]:
            return span["per_hour"]
    return None


def allocate_period(host, attempts, start, end):
    """One charge period with all its pieces; every amount is None where the host has no price."""
    price = price_at(host, start)
    present, held, unattributed, idle = weigh(host, attempts, start, end, price)
    causes = [idle[cause] for cause in CAUSES]
    if price is None:
        origin, parts, by_cause = None, [None] * (len(present) + 2), [None] * len(CAUSES)
    else:
        origin = round(Fraction(price * (end - start), HOUR))
        parts = divide_among(origin, [*held, unattributed, sum(causes)])
        by_cause = divide_among(parts[-1], causes)
        assert sum(parts) == origin and sum(by_cause) == parts[-1]
    return {
        "host": host["name"],
        "start": start,
        "end": end,
        "origin": origin,
        "workload": list(zip(present, parts)),
        "unattributed": (unattributed, parts[-2]),
        "idle": list(zip(CAUSES, causes, by_cause)),
    }


def allocate_host(host, attempts, until=None):
    """Every charge period of one host, hour by hour, up to `until` or to the end of the last hour it was held in.

    A host without `from` exists from the start of the hour of its first holding.
    """
    attempts = sorted(attempts, key=lambda attempt: attempt["key"])
    real = [attempt for attempt in attempts if holds(attempt, attempt["start"], attempt["end"])]
    first_held = min((attempt["start"] for attempt in real), default=None)
    last_held = max((attempt["end"] for attempt in real), default=None)
    host = {**host, "first_held": first_held, "last_held": last_held}
    start = host["from"] if host["from"] is not None or first_held is None else first_held // HOUR * HOUR
    ends = [edge for edge in (host["to"], until) if edge is not None]
    if not ends and last_held is not None:
        ends = [-(-last_held // HOUR) * HOUR]
    if start is None or not ends:
        return []
    end = min(ends)
    if end >= ENDLESS:
        raise SystemExit(f"An attempt on {host['name']} is open: say --until when.")
    if start >= end:
        return []
    hours = range(start // HOUR * HOUR + HOUR, end, HOUR)
    borders = [edge for span in host["prices"] for edge in (span["start"], span["end"])]
    return [allocate_period(host, attempts, left, right) for left, right in cut(start, end, [*hours, *borders])]
