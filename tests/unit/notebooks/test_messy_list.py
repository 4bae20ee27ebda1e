"""The list that the notebook tells of: the same each time, and with everything that the checks look for."""

from ingestion.csv_file.proposal import certain_options
from notebooks.messy_list import messy_list


def test_a_seed_gives_the_same_list() -> None:
    assert messy_list(50, seed=1) == messy_list(50, seed=1)
    assert messy_list(50, seed=1) != messy_list(50, seed=2)


def test_it_is_beyond_doubt_how_a_list_is_read() -> None:
    for is_tidy in (False, True):
        content = messy_list(300, seed=3, tidy=is_tidy)
        columns = certain_options(content, len(content)).contact_columns
        assert (columns.email, columns.first_name, columns.last_name, columns.company) == (0, 1, 2, 3)
