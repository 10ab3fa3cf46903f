"""The few pages that the server itself draws, in the dashboard's colours and without a file from elsewhere."""

from __future__ import annotations

from html import escape

from flask import Response

STYLE = """
:root { color-scheme: light dark; --ground: #f5f6f4; --card: #fff; --ink: #1c2421; --soft: #5a6661; --line: #d5dbd7;
  --accent: #0f6b53; --on-accent: #fff; --bad: #a3271c; }
@media (prefers-color-scheme: dark) { :root { --ground: #121715; --card: #1b2220; --ink: #e6ebe8; --soft: #9aa8a2;
  --line: #313b37; --accent: #5cc8a5; --on-accent: #0b1512; --bad: #ff8f84; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 440px; padding: 32px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.2; letter-spacing: -.01em; }
p { margin: 0 0 20px; color: var(--soft); }
label { display: block; margin-bottom: 6px; font-weight: 600; }
input { width: 100%; padding: 11px 12px; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: 8px; }
button { width: 100%; margin-top: 16px; padding: 12px; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.problem { margin: 12px 0 0; color: var(--bad); }
pre { margin: 0 0 20px; padding: 12px; overflow-x: auto; background: var(--ground); border: 1px solid var(--line);
  border-radius: 8px; }
a { color: var(--accent); }
p:last-child { margin-bottom: 0; }
"""


def page(title: str, body: str, status: int = 200) -> Response:
    """A whole page around `body`, which is HTML already."""
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Paddock</title>
<style>{STYLE}</style>
</head>
<body><main>{body}</main></body>
</html>
"""
    return Response(html, status, mimetype="text/html")


def not_built() -> Response:
    """What is shown while there is no dashboard to show."""
    return page(
        "Dashboard not built",
        """<h1>The dashboard is not built yet</h1>
<p>The server runs and its API answers, but the files of the dashboard are missing. Build them once:</p>
<pre><code>make setup</code></pre>
<p>Then reload this page. Meanwhile: <a href="/health">health</a>, <a href="/api/v1/runs">runs</a>,
<a href="/api/v1/openapi.json">API document</a>.</p>""",
        503,
    )
