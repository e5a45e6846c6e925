#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Records with hostile bytes: another verifier proves them, finds what was
changed, and every export gives every text back.

usage: evidence.py BINARIES (where makearchive and postern-read are)"""
import csv
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = sys.argv[1]


def run(*args, check=True):
    return subprocess.run(args, check=check, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def verifier(folder, anchor):
    return run(sys.executable, os.path.join(HERE, "verifier.py"), folder,
               anchor, check=False)


def ours(folder, anchor):
    return run(os.path.join(BIN, "postern-verify"), "--key", anchor, folder,
               check=False)


def export(folder, form):
    return run(os.path.join(BIN, "postern-read"), "--path", folder, "--class",
               "acts,events,system,alarms,custody", "--format", form,
               "export").stdout


def both_agree(folder, anchor):
    """Both say the same of each of many copies with one byte changed."""
    dice = random.Random(7)
    files = [os.path.join(top, name) for top, _, names in os.walk(folder)
             for name in names if re.search(r"\.jsonl(\.zst)?$", name)]
    found = 0
    for _ in range(25):
        path = dice.choice(files)
        with open(path, "r+b") as file:
            size = os.path.getsize(path)
            at = dice.randrange(size - 1)
            file.seek(at)
            byte = file.read(1)
            file.seek(at)
            file.write(bytes([byte[0] ^ 1 << dice.randrange(7)]))
            file.flush()
            mine, theirs = ours(folder, anchor), None
            if not path.endswith(".zst"):
                theirs = verifier(folder, anchor)
            file.seek(at)
            file.write(byte)
        assert mine.returncode == 1, (path, at, mine.stdout)
        assert theirs is None or theirs.returncode == 1, (path, at)
        found += 1
    return found


def flat(record):
    return {key: value for key, value in record.items()
            if not isinstance(value, (dict, list))}


def check_csv(folder, wanted):
    rows = list(csv.reader(io.StringIO(export(folder, "csv").decode("ascii"),
                                       newline="")))
    head, rows = rows[0], rows[1:]
    assert len(rows) == len(wanted)
    for row in rows:
        cells = dict(zip(head, row))
        record = wanted[cells["class"], int(cells["seq"])]
        for key, cell in cells.items():
            assert not cell or cell[0] not in "=+-@\t\r", cell
            value = record.get(key)
            if isinstance(value, str):
                if cell.startswith("'"):
                    cell = cell[1:]
                assert json.loads('"' + cell + '"') == value, (key, cell)
            elif isinstance(value, int) and not isinstance(value, bool):
                assert cell.lstrip("'") == str(value), (key, cell, value)
    return len(rows)


def check_syslog(folder, wanted):
    lines = export(folder, "syslog").decode("ascii").split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(wanted)
    for line in lines:
        match = re.fullmatch(
            r"<8[456]>1 \d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z \S+ postern - (\S+) "
            r'\[postern@32473((?: [a-z_]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\]'
            r" .*", line)
        assert match, line
        params = {key: re.sub(r'\\(["\\\]])', r"\1", value)
                  for key, value in
                  re.findall(r' ([a-z_]+)="((?:[^"\\]|\\.)*)"', match[2])}
        record = wanted[params["class"], int(params["seq"])]
        for key, value in flat(record).items():
            if isinstance(value, str):
                assert json.loads('"' + params[key] + '"') == value
    return len(lines)


def main():
    top = tempfile.mkdtemp()
    folder = os.path.join(top, "records")
    try:
        anchor = run(os.path.join(BIN, "makearchive"),
                     folder).stdout.decode().strip()
        told = verifier(folder, anchor)
        assert told.returncode == 0, told.stderr
        mine = ours(folder, anchor)
        assert mine.returncode == 0, mine.stdout
        print(told.stdout.decode().strip())
        assert verifier(folder, "00" * 32).returncode == 1
        print(both_agree(folder, anchor), "changes were found by both")
        lines = export(folder, "ndjson").decode("ascii").splitlines()
        everything = [json.loads(line) for line in lines]
        wanted = {(r["class"], r["seq"]): r for r in everything
                  if r["kind"] not in ("bans", "position", "read")}
        assert len(everything) > len(wanted) > 500
        print(check_csv(folder, wanted), "rows of CSV are as they were")
        print(check_syslog(folder, wanted), "lines of syslog are, too")
    finally:
        shutil.rmtree(top)


main()
