"""small_disk.py KIB FOLDER COMMAND…: runs the command with a disk of KIB KiB mounted on FOLDER.

Prints its status and the files that the folder then holds.
"""

import os
import subprocess
import sys

size, folder, command = sys.argv[1], sys.argv[2], sys.argv[3:]
if size != "0":
    mount = f'mount -t tmpfs -o size={size}k tmpfs "$1" && shift && exec "$@"'
    again = [sys.executable, __file__, "0", folder, *command]
    sys.exit(subprocess.run(["unshare", "--mount", "sh", "-c", mount, "sh", folder, *again], check=False).returncode)
status = subprocess.run(command, check=False).returncode
print(f"status {status}, files:", *(sorted(os.listdir(folder)) or ["none"]))
