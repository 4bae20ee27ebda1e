"""The tables of docs/costs.md."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from infra.costs import bill
from infra.costs.prices import PRICES
from infra.costs.sizes import MEDIUM, SAVINGS, SIZES, Size

Row = Sequence[str]


def page() -> list[str]:
    """All of them, as Markdown."""
    return [_work(), _groups(), _savings(), _bills(), _prices(), _lambda()]


def _table(head: Row, rows: Iterable[Row]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def _of_each(name: str, value: Callable[[Size], object]) -> Row:
    return [name, *(str(value(size)) for size in SIZES)]


def _work() -> str:
    names = ["", *(size.name for size in SIZES)]
    row = bill.DATABASE_BYTES_A_ROW

    def database(size: Size) -> str:
        return size.database + (" and standby" if size.zones > 1 else "")

    return _table(
        names,
        [
            _of_each("people who work at once", lambda size: f"{size.operators:,}"),
            _of_each("rows a day", lambda size: f"{size.rows_a_day:,}"),
            _of_each("files a day", lambda size: f"{size.rows_a_day / size.rows_a_file:,.0f}"),
            _of_each("`RETENTION_DAYS`", lambda size: size.kept_days),
            _of_each("in the database, GB", lambda size: f"{bill.stored_gigabytes(size, row):,.0f}"),
            _of_each(
                "files kept, GB", lambda size: f"{bill.stored_gigabytes(size, bill.FILE_BYTES_A_ROW):,.0f}"
            ),
            _of_each("dashboard tasks", lambda size: size.dashboards),
            _of_each("worker tasks, on average", lambda size: size.workers),
            _of_each("vCPU and GB of a task", lambda size: f"{size.task_cpu:g}, {size.task_memory:g}"),
            _of_each("database", database),
            _of_each("its storage, GB", lambda size: f"{bill.database_storage(size):,.0f}"),
        ],
    )


def _bills() -> str:
    bills = [bill.bill(size) for size in SIZES]
    used = {line.price: None for lines in bills for line in lines if line.quantity}
    rows = []
    for name in used:
        cells = []
        for lines in bills:
            quantity = sum(line.quantity for line in lines if line.price == name)
            cells += [_number(quantity), f"{quantity * PRICES[name].dollars:,.2f}"]
        rows.append([name, *cells])
    totals = [cell for size in SIZES for cell in ("", f"**{bill.total(size):,.0f}**")]
    head = ["a month", *(cell for size in SIZES for cell in (size.name, "$"))]
    return _table(head, [*rows, ["**together**", *totals]])


def _groups() -> str:
    groups = list({line.group: None for line in bill.bill(MEDIUM)})

    def of_group(size: Size, group: str) -> str:
        return f"{sum(line.dollars for line in bill.bill(size) if line.group == group):,.0f}"

    return _table(
        ["$ a month for", *(size.name for size in SIZES)],
        [
            *([group, *(of_group(size, group) for size in SIZES)] for group in groups),
            ["**together**", *(f"**{bill.total(size):,.0f}**" for size in SIZES)],
        ],
    )


def _savings() -> str:
    whole = bill.total(MEDIUM)
    together = replace(
        MEDIUM, database="db.t4g.medium", zones=1, task_cpu=0.5, task_memory=1, worker_processes=1
    )
    rows = [[name, f"{whole - bill.total(size):,.0f}"] for name, size in SAVINGS.items()]
    rows += [["all but the last together leave", f"{bill.total(together):,.0f}"]]
    return _table(["of medium, turned down", "saves $ a month"], rows)


def _prices() -> str:
    rows = [[name, _dollars(price.dollars), price.unit] for name, price in PRICES.items()]
    return _table(["what", "$", "for one"], rows)


def _lambda() -> str:
    def rows(size: Size) -> int:
        return size.rows_a_day * bill.DAYS

    def jobs(size: Size) -> float:
        return rows(size) / size.rows_a_file

    return _table(
        ["", *(size.name for size in SIZES)],
        [
            _of_each("rows a month", lambda size: f"{rows(size):,}"),
            _of_each("Lambda, $", lambda size: f"{bill.lambda_dollars(rows(size), jobs(size)):,.2f}"),
            _of_each("worker tasks, $", lambda size: f"{size.workers * bill.task_dollars(size):,.2f}"),
            _of_each(
                "hours of work a month at which one task costs the same",
                lambda size: f"{bill.break_even_hours(size):,.0f}",
            ),
        ],
    )


def _number(quantity: float) -> str:
    return f"{quantity:,.0f}" if quantity >= 10 else f"{quantity:,.1f}"


def _dollars(dollars: float) -> str:
    text = f"{dollars:.10f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"
