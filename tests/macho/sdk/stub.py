#!/usr/bin/env python3
"""stub.py IN OUT: rewrites libSystem.tbd so that plain arm64 links against it.

The system's libraries are built for arm64e and say so; a program for arm64 runs against them all the same, and an SDK
therefore names both. Here arm64e-macos becomes arm64-macos, other variants and Catalyst go, and with them the lists of
symbols that only those had.
"""
import re
import sys


def macos(targets):
    """The targets of a list that stay, each once: x86_64-macos and arm64-macos."""
    kept = []
    for target in (t.strip().replace("arm64e-", "arm64-") for t in targets.split(",")):
        if target in ("x86_64-macos", "arm64-macos") and target not in kept:
            kept.append(target)
    return kept


text = open(sys.argv[1]).read()
entry = r"  - targets:\s*\[([^\]]*)\]\n(?:    [^\n]*\n)*"
text = re.sub(entry, lambda m: m.group(0) if macos(m.group(1)) else "", text)
text = re.sub(r"(targets:\s*)\[([^\]]*)\]", lambda m: f"{m.group(1)}[ {', '.join(macos(m.group(2)))} ]", text)
open(sys.argv[2], "w").write(text)
