"""Questions about the Lambda worker: the customer's numbers, and what feeds it."""

from collections.abc import Iterator
from typing import Any

from trials.aws.questions import Answer, Subject, or_refusal
from trials.aws.server import Account

_MEMORY_MB = 1024
_TIMEOUT_SECONDS = 300
_BATCH = 10
_WINDOW_SECONDS = 5
_AT_ONCE = 10


def about_functions(account: Account, outputs: dict[str, Any]) -> Iterator[Answer]:
    """The function that works on uploads, and the mapping that feeds it from the queue."""
    name = "process-csv-worker"  # the customer's
    client = account.ask("lambda")
    function = Subject(f"function {name}")
    made = or_refusal(lambda: client.get_function_configuration(FunctionName=name))
    found = made if isinstance(made, dict) else {}
    yield function.answer("runtime", "python3.11", found.get("Runtime", made))
    yield function.answer("memory, MB", _MEMORY_MB, found.get("MemorySize"))
    yield function.answer("timeout, s", _TIMEOUT_SECONDS, found.get("Timeout"))
    yield function.answer("within the VPC", True, bool(found.get("VpcConfig", {}).get("SubnetIds")))
    yield from _about_mapping(Subject(f"what feeds {name}"), mappings(account, name), outputs)


def _about_mapping(
    mapping: Subject, found: list[dict[str, Any]], outputs: dict[str, Any]
) -> Iterator[Answer]:
    yield mapping.answer("mappings", 1, len(found))
    one = found[0] if found else {}
    yield mapping.answer(
        "queue", outputs["queue_names"]["jobs"], one.get("EventSourceArn", "").rpartition(":")[2]
    )
    yield mapping.answer("batch", _BATCH, one.get("BatchSize"))
    yield mapping.answer("window, s", _WINDOW_SECONDS, one.get("MaximumBatchingWindowInSeconds"))
    yield mapping.answer("answers with", ["ReportBatchItemFailures"], one.get("FunctionResponseTypes"))
    yield mapping.answer(
        "functions at once, at most", _AT_ONCE, (one.get("ScalingConfig") or {}).get("MaximumConcurrency")
    )


def mappings(account: Account, function_name: str) -> list[dict[str, Any]]:
    """What feeds a function. All are listed: moto finds by its name none that was made by its ARN."""
    listed = account.ask("lambda").list_event_source_mappings()["EventSourceMappings"]
    return [one for one in listed if one["FunctionArn"].endswith(f":function:{function_name}")]
