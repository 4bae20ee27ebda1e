"""What a browser says of itself, in words for the person whose sign-in it was."""

import re
import unicodedata

MAX_CHARACTERS = 200
"""So much of what a browser says is kept."""

COMMAND_LINE = "ingest command line"
"""What our own says of itself, in front of the system."""

# In this order: most browsers also name those that they descend from.
_BROWSERS = (
    ("Command line", re.compile(rf"^{COMMAND_LINE}\b")),
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\bOPR/|\bOpera\b")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|CriOS)/")),
    ("Chromium", re.compile(r"\bChromium/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+ .*\bSafari/")),
)
_SYSTEMS = (
    ("an iPhone", re.compile(r"\biPhone\b")),
    ("an iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("macOS", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)


def cleaned(user_agent: str) -> str:
    """A User-Agent header (RFC 9110 §10.1.5) without control characters, of at most 200 characters."""
    kept = (c for c in user_agent if unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(kept).strip()[:MAX_CHARACTERS]


def described(user_agent: str) -> str:
    """The browser and the system, such as "Firefox on Windows". A browser may say what it likes."""
    browser = _first(_BROWSERS, user_agent) or "Unknown browser"
    system = _first(_SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def _first(named: tuple[tuple[str, re.Pattern[str]], ...], user_agent: str) -> str | None:
    return next((name for name, pattern in named if pattern.search(user_agent)), None)
