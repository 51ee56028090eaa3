#!/usr/bin/env python3
"""A second opinion on what runs cost, computed without the exporter.

  reference.py --hosts hosts.json attempts.tsv            print the exact table
  reference.py --hosts hosts.json --from-client           the same, attempts read through Metaflow's own client
  reference.py --attempts --from-client                   print the attempts that the client shows, nothing else

attempts.tsv has a header: flow run step task attempt start_ms end_ms clone gpus vcpu memory_mb, and where they are
known deployment and host; other columns are ignored. An empty end_ms is an attempt that is still open; empty gpus is
an attempt that nobody knows the holdings of, which holds nothing. hosts.json is described in README.md beside this.
"""

import argparse
import csv
import json
import sys
from datetime import datetime, timezone
from fractions import Fraction

from arithmetic import CAUSES, ENDLESS, allocate_host

COLUMNS = ("kind", "host", "start", "end", "deployment", "flow", "run", "step", "task", "attempt", "cause", "amount")
LEVELS = (("attempt", 6), ("step", 4), ("run", 3))


def instant(value, absent):
    """UTC milliseconds from a number or an ISO time."""
    if value is None:
        return absent
    if isinstance(value, int):
        return value
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise SystemExit(f"{value} names no time zone.")
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def per_hour(text):
    """10^-12 dollars from an exact decimal text; finer prices are refused."""
    amount = Fraction(text) * 10**12
    if amount.denominator != 1:
        raise SystemExit(f"A price has at most 12 decimals: {text}.")
    return amount.numerator


def read_hosts(path):
    """The hosts file, times in milliseconds, prices in 10^-12 dollars."""
    with open(path, encoding="utf-8") as file:
        hosts = json.load(file)["hosts"]
    return [
        {
            "name": host["name"],
            "gpus": host.get("gpus", 0),
            "vcpu": Fraction(str(host.get("vcpu") or 0)),
            "memory_gib": Fraction(str(host.get("memory_gib") or 0)),
            "from": instant(host.get("from"), None),
            "to": instant(host.get("to"), None),
            "prices": [
                {
                    "start": instant(price.get("from"), -ENDLESS),
                    "end": instant(price.get("to"), ENDLESS),
                    "per_hour": per_hour(price["price_per_hour"]),
                }
                for price in host.get("prices", [])
            ],
            "activity": [
                {"start": instant(span["from"], None), "end": instant(span["to"], None), "gpus": span["active_gpus"]}
                for span in host.get("activity", [])
            ],
        }
        for host in hosts
    ]


def read_attempt(row, only_host):
    """One row of the attempts table."""
    key = tuple(row.get(name) or "" for name in ("deployment", "flow", "run", "step", "task"))
    host = row.get("host") or only_host
    if host is None:
        raise SystemExit(f"{'/'.join(key[1:])} names no host and there is more than one.")
    return {
        "key": (*(part.encode("utf-8") for part in key), int(row["attempt"])),
        "names": (*key, row["attempt"]),
        "host": host,
        "start": int(row["start_ms"]),
        "end": int(row["end_ms"]) if row["end_ms"] else ENDLESS,
        "clone": row["clone"] == "yes",
        "gpus": Fraction(row["gpus"]) if row["gpus"] else None,
        "vcpu": Fraction(row["vcpu"] or 1),
        "memory_gib": Fraction(row["memory_mb"] or 4096) / 1024,
    }


def iso(milliseconds):
    """2026-11-21T04:00:00.000Z"""
    moment = datetime.fromtimestamp(milliseconds // 1000, tz=timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def decimal(amount):
    """Twelve decimals, always."""
    if amount is None:
        return "unpriced"
    return f"{amount // 10**12}.{amount % 10**12:012d}"


def line(kind, amount, **cells):
    """One row of the table."""
    row = {"kind": kind, "amount": decimal(amount), **cells}
    return "\t".join(str(row.get(column, "")) for column in COLUMNS)


def named(names):
    """The name columns of an attempt, a step or a run."""
    return dict(zip(("deployment", "flow", "run", "step", "task", "attempt"), names))


def period_lines(period):
    """An origin charge and its pieces; pieces that weigh nothing are left out."""
    where = {"host": period["host"], "start": iso(period["start"]), "end": iso(period["end"])}
    yield line("origin", period["origin"], **where)
    for attempt, amount in period["workload"]:
        yield line("workload", amount, **where, **named(attempt["names"]))
    weight, amount = period["unattributed"]
    if weight:
        yield line("unattributed", amount, **where)
    for cause, weight, amount in period["idle"]:
        if weight:
            yield line("idle", amount, **where, cause=cause)


def total(amounts):
    """Sums what is known; unknowns alone stay unknown."""
    amounts = list(amounts)
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known or not amounts else None


def total_lines(periods, attempts):
    """Sums by attempt, step and run, by kind, and over all."""
    pieces = [piece for period in periods for piece in period["workload"]]
    held = {attempt["key"] for attempt, _ in pieces}
    pieces += [(attempt, 0) for attempt in attempts if attempt["key"] not in held]
    for kind, depth in LEVELS:
        amounts, names = {}, {}
        for attempt, amount in pieces:
            names[attempt["key"][:depth]] = attempt["names"][:depth]
            amounts.setdefault(attempt["key"][:depth], []).append(amount)
        for key in sorted(amounts):
            yield line(kind, total(amounts[key]), **named(names[key]))
    for cause in CAUSES:
        yield line("total", total(amount for period in periods for name, _, amount in period["idle"] if name == cause),
                   cause=f"idle {cause}")
    yield line("total", total(period["unattributed"][1] for period in periods), cause="unattributed")
    yield line("total", total(amount for period in periods for _, amount in period["workload"]), cause="workload")
    yield line("total", total(period["origin"] for period in periods), cause="origin")


def print_table(hosts, rows, until):
    """The whole table, in one fixed order."""
    only_host = hosts[0]["name"] if len(hosts) == 1 else None
    attempts = [read_attempt(row, only_host) for row in rows]
    periods = []
    for host in hosts:
        on_host = [attempt for attempt in attempts if attempt["host"] == host["name"]]
        periods += allocate_host(host, on_host, until)
    print("\t".join(COLUMNS))
    for period in periods:
        print("\n".join(period_lines(period)))
    print("\n".join(total_lines(periods, attempts)))


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", nargs="?", help="attempts.tsv; not with --from-client")
    parser.add_argument("--hosts", help="hosts.json: capacity, prices and dates")
    parser.add_argument("--from-client", action="store_true", help="read attempts through Metaflow's Python client")
    parser.add_argument("--flow", action="append", help="with --from-client: only this flow (repeatable)")
    parser.add_argument("--host", default="", help="with --from-client: the host column of every attempt")
    parser.add_argument("--deployment", default="", help="with --from-client: the deployment column")
    parser.add_argument("--attempts", action="store_true", help="print the attempts table instead of costs")
    parser.add_argument("--until", help="compute the open hour up to here (UTC ms or ISO); else whole hours")
    options = parser.parse_args()
    if options.from_client == bool(options.table):
        parser.error("give either attempts.tsv or --from-client")
    if not options.attempts and not options.hosts:
        parser.error("--hosts is needed to compute costs")
    return options


def main():
    """Reads, computes, prints."""
    options = arguments()
    if options.from_client:
        from metaflow_client import ATTEMPT_COLUMNS, read_attempts

        rows = read_attempts(options.flow, options.host, options.deployment)
        if options.attempts:
            print("\t".join(ATTEMPT_COLUMNS))
            print("\n".join("\t".join(row[column] for column in ATTEMPT_COLUMNS) for row in rows))
            return
    else:
        with open(options.table, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    until = options.until
    print_table(read_hosts(options.hosts), rows, instant(int(until) if until and until.isdigit() else until, None))


if __name__ == "__main__":
    sys.exit(main())
