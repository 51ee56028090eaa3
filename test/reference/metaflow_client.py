"""Every attempt of a local Metaflow datastore, as Metaflow's own Python client shows it."""

import os

ATTEMPT_COLUMNS = (
    "deployment", "flow", "run", "step", "task", "attempt", "start_ms", "end_ms", "end_source", "attempt_ok",
    "clone", "gpus", "vcpu", "memory_mb", "host",
)
COMPUTE = ("resources", "kubernetes", "batch")


def read_attempts(flows=None, host="", deployment=""):
    """Rows of the attempts table, in key order; the datastore is the one Metaflow's configuration names."""
    from metaflow import Metaflow, namespace

    namespace(None)
    rows = []
    for flow in Metaflow().flows:
        if flows and flow.id not in flows:
            continue
        for run in flow.runs():
            tasks = [(step.id, task) for step in run for task in step]
            steps = graph_steps(task for _, task in tasks)
            for step, task in tasks:
                for found in attempts_of(task, steps.get(step, {})):
                    names = {"deployment": deployment, "flow": flow.id, "run": run.id, "step": step, "task": task.id}
                    resources = requested(steps[step]) if step in steps else ("", "", "")
                    rows.append({**names, **found, "host": host, **dict(zip(("gpus", "vcpu", "memory_mb"), resources))})
    return sorted(rows, key=order)


def order(row):
    """UTF-8 order of the names, attempts by number."""
    names = [row[name].encode("utf-8") for name in ("deployment", "flow", "run", "step", "task")]
    return (*names, int(row["attempt"]))


def attempts_of(task, decorated):
    """The attempts of one task with their times.

    The client adds the origin's rows to a clone's; it adds only fields that the clone has none of, and `attempt` is
    one that a clone has, so starts are the task's own.
    """
    rows = task.metadata
    clone = any(row.name == "origin-task-id" for row in rows)
    starts = {}
    for row in rows:
        if row.name == "attempt":
            number = int(row.value)
            starts[number] = min(row.created_at, starts.get(number, row.created_at))
    for number in sorted(starts):
        yield {
            "attempt": str(number),
            "start_ms": str(starts[number]),
            "clone": "yes" if clone else "no",
            **end_of(task, number, starts, retry_wait(decorated)),
        }


def end_of(task, number, starts, wait):
    """The end of an attempt: the first evidence that is not before its start."""
    from metaflow import Task

    rows = Task(task.pathspec, attempt=number, _namespace_check=False).metadata
    verdicts = [row for row in rows if row.name == "attempt_ok"]
    verdict = max(verdicts, key=lambda row: row.created_at).value if verdicts else ""
    following = starts.get(number + 1)
    evidence = (
        ("attempt_ok", max((row.created_at for row in verdicts), default=None)),
        ("attempt_done", max((row.created_at for row in rows if row.name == "attempt-done"), default=None)),
        ("runtime_file", runtime_file_time(task, number, rows)),
        ("next_start", None if following is None else following - wait),
    )
    for source, moment in evidence:
        if moment is not None and moment >= starts[number]:
            return {"end_ms": str(moment), "end_source": source, "attempt_ok": verdict}
    return {"end_ms": "", "end_source": "open", "attempt_ok": verdict}


def runtime_file_time(task, number, rows):
    """When Metaflow's local scheduler noted the end of the task's process, floored to milliseconds."""
    roots = [row.value for row in rows if row.name == "ds-root"]
    for root in roots[-1:]:
        path = os.path.join(root, *task.pathspec.split("/"), f"{number}.runtime")
        if os.path.exists(path):
            return os.stat(path).st_mtime_ns // 1_000_000
    return None


def graph_steps(tasks):
    """The flow's steps with their decorators, from the first task whose `_graph_info` can be read."""
    for task in tasks:
        try:
            return task["_graph_info"].data["steps"]
        except Exception:  # a killed task has no artifacts; a blob may be gone
            continue
    return {}


def requested(step):
    """GPUs, vCPU and MB that a step asks for; Metaflow's defaults are 0, 1 and 4,096."""
    asked = {"gpu": [], "cpu": [], "memory": []}
    for decorator in step["decorators"]:
        if decorator["name"] in COMPUTE:
            for name, values in asked.items():
                value = decorator["attributes"].get(name)
                if value not in (None, "None"):
                    values.append(value)
    return tuple(
        plain(max(values, key=float) if values else default)
        for values, default in ((asked["gpu"], 0), (asked["cpu"], 1), (asked["memory"], 4096))
    )


def plain(value):
    """16000.0 as 16000."""
    number = float(value)
    return str(int(number)) if number.is_integer() else str(value)


def retry_wait(step):
    """Milliseconds between two attempts of a step; 2 minutes where @retry does not say."""
    for decorator in step.get("decorators", []):
        if decorator["name"] == "retry":
            minutes = decorator["attributes"].get("minutes_between_retries", 2)
            return int(float(minutes) * 60_000)
    return 0
