"""Sphinx's configuration. `python -m documentation site` builds the site; see docs/contributing-docs.md."""

from pygments.lexers.special import TextLexer
from sphinx.highlighting import lexers

project = "Data Ingestion Tool"
extensions = ["myst_nb", "sphinx_copybutton"]
root_doc = "index"
language = "en"
smartquotes = False  # a command with -- has to be copied as it is
nitpicky = True

nb_execution_mode = "off"
nb_merge_streams = True
myst_heading_anchors = 4

lexers["csv"] = TextLexer()  # which Pygments has none for

html_theme = "furo"
html_title = "Data Ingestion Tool"
html_favicon = "icon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "light_logo": "logo.svg",
    "dark_logo": "logo-dark.svg",
    "sidebar_hide_name": True,
    "light_css_variables": {
        "color-brand-primary": "#0f6e78",
        "color-brand-content": "#0f6e78",
        "color-brand-visited": "#0f6e78",
    },
    "dark_css_variables": {
        "color-brand-primary": "#5cc0ca",
        "color-brand-content": "#5cc0ca",
        "color-brand-visited": "#5cc0ca",
    },
}
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = "$ "
