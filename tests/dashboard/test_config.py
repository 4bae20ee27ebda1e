"""Streamlit's settings in `.streamlit/config.toml`."""

from streamlit import config


def test_streamlit_knows_that_it_is_not_to_search_for_garbage_after_each_run() -> None:
    config.get_config_options(force_reparse=True)

    assert config.get_option("runner.postScriptGC") is False
