"""status.py STATUS COMMAND…: runs the command, fails if it ends with another status."""

import subprocess
import sys

status = subprocess.run(sys.argv[2:], check=False).returncode
if status != int(sys.argv[1]):
    print(f"expected status {sys.argv[1]}, got {status}", file=sys.stderr)
    sys.exit(1)
