"""Commands that put the desk away and bring it back: backup, restore.

A backup is one file, made while the desk runs and verified before it has its name; a restore fills an empty folder and
says what is to be done next. Errors are one line with the cure.
"""

from __future__ import annotations

import argparse
import sys

from mailproc.cli.desk import opened, progress
from mailproc.cli.say import out, print_json
from mailproc.desk.keep import backup as keeping


def backup(options: argparse.Namespace) -> int:
    """Write it, and say what is in it; 1 if the key is not."""
    with opened(options, looks=True) as desk, progress("backing up") as advance:
        manifest = keeping.backup(desk, options.file, advance)
        lacks = desk.held.trouble
    if options.json:
        print_json(
            {name: value for name, value in manifest.items() if name != "files"} | {"files": len(manifest["files"])}
        )
        return 1 if lacks else 0
    kept = "Everybody's mail is in it, and no key" if lacks else "The key and everybody's mail are in it"
    octets = sum(each["size"] for each in manifest["files"].values())
    lines = [
        f"{options.file}: {len(manifest['files'])} files, {octets} octets, read back and verified",
        f"{kept}: keep it where only you can read it, away from this machine.",
        "Password files are not in it.",
    ]
    for line in lines:
        out.print(line, markup=False)
    if lacks:
        print(f"mailproc: {lacks}", file=sys.stderr)
    return 1 if lacks else 0


def restore(options: argparse.Namespace) -> int:
    """Bring it back, and say what is next."""
    folder = options.to or options.config.absolute().parent
    with progress("restoring") as advance:
        manifest, unconfirmed = keeping.restore(options.file, folder, advance)
    if options.json:
        told = {"folder": str(folder), "made_at": manifest["made_at"], "unconfirmed": unconfirmed}
        print_json(told | {"files": len(manifest["files"]), "elsewhere": manifest["elsewhere"]})
        return 0
    config = folder / "config.toml"
    lines = [f"{folder}: the desk as it was at {manifest['made_at']}, {len(manifest['files'])} files, each verified"]
    for role, path in manifest["elsewhere"].items():
        lines.append(
            f"config.toml has {role} = {path}; it is in {folder / keeping.PLACES[role]}: change the line or move it"
        )
    if unconfirmed:
        lines.append(
            f"{unconfirmed} letters had not left then and may have left since; none leaves by itself. "
            "`mailproc outbox list --state unconfirmed` shows them, `outbox retry ID` sends one"
        )
    lines += [
        "Passwords were not in the backup; put their files or variables back.",
        f"Next: mailproc --config {config} doctor, then: mailproc --config {config} verify",
    ]
    for line in lines:
        out.print(line, markup=False)
    return 0
