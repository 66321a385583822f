"""Tables of docs/training.md, each between a line with its name and one that ends it."""

import re
import resource


def worked():
    """The seconds that processors have worked for programs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(page, name, rows):
    """rows: of cells, headings first; all but the first column to the right."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * (len(rows[0]) - 1))
    with open(page, encoding="utf-8") as file:
        text = file.read()
    begin, end = f"<!-- {name} -->\n", "<!-- end -->"
    text, count = re.subn(re.escape(begin) + ".*?" + end, lambda _: begin + "\n".join(lines) + "\n" + end, text,
                          flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"{page}: expected one {begin.strip()} with an {end} behind it")
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)
