"""The content-security policy of the pages."""

import base64
import hashlib
import re
from importlib.resources import files


def content_security_policy(store: str) -> str:
    """Only this server's own code, styles and data; no evaluation of text, no frames in or around it.

    `store` is the one other place that pages may talk to, as `scheme://host/` or, where the host is shared,
    `scheme://host/bucket/`: large files are sent straight to it. The slash at its end allows what is below it
    (CSP level 3, "path-part matches").
    """
    scripts = " ".join(["'self'", "blob:", *_inline_script_hashes()])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            # Streamlit writes style sheets into the page as it goes, and knows no nonce. Attributes it sets
            # by script, which needs no permission: one that comes in markup is somebody else's.
            "style-src 'self' 'unsafe-inline'",
            "style-src-attr 'none'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {store}",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        ]
    )


def _inline_script_hashes() -> list[str]:
    # Streamlit's page has one inline script. Read from the installed page, the hash survives an upgrade.
    page = files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
