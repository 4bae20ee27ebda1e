"""The estimate of costs: its document agrees with it, and so do the sums."""

import pytest

from infra.costs import bill, tables
from infra.costs.prices import PRICES
from infra.costs.sizes import HUGE, MEDIUM, SAVINGS, SIZES, SMALL, Size
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", tables.page(), ids=lambda table: table.split("\n", 1)[0])
def test_the_document_has_the_tables_as_they_are_worked_out(table: str) -> None:
    assert table in PAGE, "write it anew: .venv/bin/python -m infra.costs"


def test_a_task_that_runs_all_month_costs_its_processors_and_its_memory() -> None:
    # 730 h x (0.5 x 0.04048 + 1 x 0.004445)
    assert bill.task_dollars(SMALL) == pytest.approx(18.02, abs=0.005)


def test_a_standby_doubles_the_database_and_its_storage() -> None:
    def dollars(size: Size, price: str) -> float:
        return sum(line.dollars for line in bill.bill(size) if line.price == price)

    alone = SAVINGS["no standby, one NAT gateway: a lost zone means a restore"]
    for price in ("db.m7g.large", "Database storage (gp3)", "NAT gateway"):
        assert dollars(MEDIUM, price) == 2 * dollars(alone, price) > 0


def test_files_lie_in_the_class_of_their_age() -> None:
    lines = {line.price: line.quantity for line in bill.bill(MEDIUM)}

    # 1,000,000 rows a day of 122 bytes: 0.122 GB, for 30 days and for another 60
    assert lines["S3 Standard"] == pytest.approx(3.66)
    assert lines["S3 Standard-IA"] == pytest.approx(7.32)
    assert lines["S3 Glacier Instant Retrieval"] == 0


def test_an_idle_worker_process_asks_the_queue_every_ten_seconds() -> None:
    assert bill.idle_requests(1) == 30 * 24 * 60 * 6


def test_backups_are_free_up_to_what_is_bought_as_storage() -> None:
    lines = {line.price: line.quantity for line in bill.bill(SMALL)}

    assert lines["Backup storage"] == 0


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
def test_every_line_has_a_price_and_no_database_is_full(size: Size) -> None:
    assert {line.price for line in bill.bill(size)} <= PRICES.keys()
    assert bill.database_storage(size) >= 1.5 * bill.stored_gigabytes(size, bill.DATABASE_BYTES_A_ROW)


def test_a_billion_rows_come_in_the_time_for_which_they_are_kept() -> None:
    assert 950e6 < HUGE.rows_a_day * HUGE.kept_days < 1050e6


def test_every_saving_saves() -> None:
    assert all(bill.total(size) < bill.total(MEDIUM) for size in SAVINGS.values())


def test_a_function_costs_as_much_as_a_task_after_that_many_hours_of_work() -> None:
    hours = bill.break_even_hours(SMALL)

    assert hours * 3600 * PRICES["Lambda"].dollars == pytest.approx(bill.task_dollars(SMALL))
