import pytest

from ingestion.rules.lifecycle import FINALIZE, PROCESS, Step
from ingestion.rules.placing import Load, is_too_large, size_of

MB = 1024 * 1024
LIMIT = 100 * MB


@pytest.mark.parametrize(
    ("step", "load", "is_large"),
    [
        pytest.param(PROCESS, Load(LIMIT), False, id="text at the limit"),
        pytest.param(PROCESS, Load(LIMIT + 1), True, id="text above it"),
        pytest.param(PROCESS, Load(10 * MB, is_packed=True), False, id="packed, at a tenth of it"),
        pytest.param(PROCESS, Load(10 * MB + 1, is_packed=True), True, id="packed, above that"),
        pytest.param(PROCESS, Load(LIMIT, total_rows=9_000_000), False, id="rows of an earlier attempt"),
        pytest.param(FINALIZE, Load(1, total_rows=1_048_576), False, id="as many rows as the limit has"),
        pytest.param(FINALIZE, Load(1, total_rows=1_048_577), True, id="one more"),
        pytest.param(FINALIZE, Load(LIMIT + 1, total_rows=1000), False, id="a large file of few rows"),
        pytest.param(FINALIZE, Load(90 * MB, is_packed=True, total_rows=1000), False, id="packed, few rows"),
        pytest.param(PROCESS, Load(1, has_stopped=True), True, id="ended its worker before"),
        pytest.param(FINALIZE, Load(1, has_stopped=True), True, id="ended its worker while finalizing"),
        pytest.param(PROCESS, Load(1, seconds_read=119.9), False, id="was read for a while"),
        pytest.param(PROCESS, Load(1, seconds_read=120), True, id="was read for long before"),
    ],
)
def test_what_is_too_large_for_a_lambda_is_left_to_a_worker(step: Step, load: Load, is_large: bool) -> None:
    assert is_too_large(step, load, LIMIT) is is_large


def test_the_size_of_a_step_orders_jobs_of_every_kind() -> None:
    a_little, packed, reviewed, more = (
        size_of(PROCESS, Load(5 * MB)),
        size_of(PROCESS, Load(MB, is_packed=True)),
        size_of(FINALIZE, Load(1, total_rows=200_000)),
        size_of(PROCESS, Load(50 * MB)),
    )
    assert a_little < packed < reviewed < more
