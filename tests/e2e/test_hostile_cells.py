"""Hostile cells through the whole product: nothing runs, nothing loads, and every value comes back."""

import pytest
from playwright.sync_api import Browser

from tests.hostile import CELLS, FILENAME, Visitor, Watch, changed, contact_list, contacts_of
from tests.visiting import context_at


@pytest.mark.browser
def test_nothing_in_a_cell_runs_or_loads_and_all_of_it_comes_back(browser: Browser, address: str) -> None:
    context = context_at(browser, address)
    watch = Watch(address)
    visitor = Visitor(watch.over(context.new_page()), watch)

    visitor.register("hostile@example.com")
    first = visitor.upload(FILENAME, contact_list(CELLS))
    visitor.issues(first, 12)
    visitor.settle(first)
    visitor.look_around(first)
    second = visitor.upload(FILENAME, visitor.download(first, "csv"))
    visitor.settle(second)

    contacts = contacts_of(visitor.download(first, "parquet"))
    assert changed(CELLS, contacts) == []
    assert contacts_of(visitor.download(second, "parquet")) == contacts
    assert watch.seen == []
    assert watch.pages > 20
    context.close()
