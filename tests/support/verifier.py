#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Another verifier of records, written from postern-records(5) alone, with
nothing but Python: an independent reading of the page.

usage: verifier.py FOLDER ANCHOR.  Exit status 0: whole.  FOLDER may be a bag,
whose manifests are left to others."""
import hashlib
import json
import os
import re
import subprocess
import sys

CLASSES = ["acts", "events", "system", "alarms", "custody"]
ZEROS = "0" * 64


# Ed25519, RFC 8032 section 5.1.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, point):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and \
        (a[1] * b[2] - b[1] * a[2]) % P == 0


def recover(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point_of(octets):
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(key, text, sig):
    a, r = point_of(key), point_of(sig[:32])
    s = int.from_bytes(sig[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + text).digest(),
                       "little") % Q
    return same(times(s, BASE), add(r, times(h, a)))


class Bad(Exception):
    pass


def segments(folder, name):
    found = {}
    path = os.path.join(folder, name)
    for file in sorted(os.listdir(path)) if os.path.isdir(path) else []:
        match = re.fullmatch(name + r"-([0-9]{20})\.jsonl(\.zst)?", file)
        # Where both are there, the plain one counts.
        if match and int(match[1]) not in found:
            found[int(match[1])] = os.path.join(path, file)
    return sorted(found.items())


def read(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstdcat", path], check=True,
                              stdout=subprocess.PIPE).stdout
    with open(path, "rb") as file:
        return file.read()


def records(folder, name):
    """Each good record of a class: the object, its line, the hash before."""
    seq, last = None, None
    for number, path in segments(folder, name):
        lines = read(path).split(b"\n")
        if lines.pop():
            raise Bad(f"{path}: the last line is not finished")
        for at, line in enumerate(lines, 1):
            where = f"{path}: line {at}"
            match = re.fullmatch(
                rb'(\{"seq":[1-9][0-9]*,.*),"hash":"([0-9a-f]{64})"\}', line)
            if not match or len(line) >= 131072 or \
                    not re.fullmatch(rb"[\x20-\x7e]*", line):
                raise Bad(f"{where} is no record")
            try:
                record = json.loads(line)
            except ValueError:
                raise Bad(f"{where} is no record") from None
            if record["class"] != name:
                raise Bad(f"{where} is of another class")
            if at == 1:
                if record.get("prev") is None or record["seq"] != number:
                    raise Bad(f"{where} does not begin a segment")
                if seq is None:
                    seq, last = number - 1, record["prev"]
                elif record["prev"] != last:
                    raise Bad(f"{where} does not continue")
            elif "prev" in record:
                raise Bad(f"{where} begins another segment")
            if record["seq"] != seq + 1:
                raise Bad(f"{where} has not number {seq + 1}")
            told = match[2].decode()
            if hashlib.sha256(bytes.fromhex(last) +
                              match[1]).hexdigest() != told:
                raise Bad(f"{where} was changed")
            yield record, line, last
            seq, last = record["seq"], told


def read_seals(folder, anchor):
    proven = {name: {} for name in CLASSES}
    expected, heads = anchor, {name: 0 for name in CLASSES}
    count, seals = 0, []
    for record, line, before in records(folder, "seals"):
        count += 1
        if record["seq"] == 1 and before != ZEROS:
            raise Bad("the first seal continues something")
        if record["seq"] != count:
            raise Bad("seals are missing")
        if record["key"] != expected:
            raise Bad(f"seal {count} is by the wrong key")
        body = line[:line.rindex(b',"sig":')]
        if not is_signed(bytes.fromhex(record["key"]),
                         bytes.fromhex(before) + body,
                         bytes.fromhex(record["sig"])):
            raise Bad(f"seal {count} is not signed")
        for name, (told, seq, digest) in zip(CLASSES, record["heads"]):
            if told != name or seq < heads[name]:
                raise Bad(f"seal {count} tells less than before")
            heads[name] = seq
            if seq:
                proven[name][seq] = digest
        seals.append((record["time"], dict(heads)))
        expected = record["next"]
    if count == 0:
        raise Bad("there is no seal")
    return proven, heads, seals


def export_number(folder):
    """None: no bag.  0: a bag that names no record of its export."""
    if not os.path.exists(os.path.join(folder, "bagit.txt")):
        return None
    with open(os.path.join(folder, "bag-info.txt"), encoding="utf-8") as file:
        found = re.search(r"^Postern-Export: ([0-9]+)$", file.read(), re.M)
    return int(found[1]) if found else 0


class Export:
    """What a bag must hold by the record of its export."""

    def __init__(self, number, folder, seals):
        self.act = None
        for record, _, _ in records(folder, "custody") if number else []:
            if record["kind"] == "export" and record.get("id") == number:
                self.act = self.act or record
        if number and not self.act:
            raise Bad("the record of this export is not here")
        if not self.act:
            return
        count = 1 + sum(heads["custody"] < self.act["seq"]
                        for _, heads in seals)
        if count > len(seals):
            raise Bad("the record of this export is not sealed")
        self.seals = seals[:count]

    def end(self, name):
        """Up to where a class must be there."""
        if not self.act or name not in self.act.get(
                "classes", CLASSES) + ["custody"]:
            return 0
        end = 0
        for time, heads in self.seals:
            if name != "custody" and time >= self.act.get("before", "9"):
                break
            end = heads[name]
        return end

    def may_begin(self, name, record):
        """May the class begin with this one?"""
        if not self.act or name not in self.act.get(
                "classes", CLASSES) + ["custody"]:
            return True
        return name != "custody" and record["time"] <= self.act.get("since", "")


def main(folder, anchor):
    number = export_number(folder)
    if number is not None:
        folder = os.path.join(folder, "data")
    proven, heads, seals = read_seals(folder, anchor)
    part = None if number is None else Export(number, folder, seals)
    kept_from = {name: 1 for name in CLASSES}
    unproven = total = 0
    # Custody first: it tells what was deleted.
    for name in ["custody"] + CLASSES[:4]:
        first = last = None
        for record, _, before in records(folder, name):
            seq = record["seq"]
            total += 1
            if first is None:
                first = seq
                if seq == 1 and before != ZEROS:
                    raise Bad(f"{name} continues something")
                if name != "custody" and seq > 1 and \
                        kept_from[name] < seq and \
                        not (part and part.may_begin(name, record)):
                    raise Bad(f"{name} begins with {seq}")
                if seq > 1 and proven[name].get(seq - 1, before) != before:
                    raise Bad(f"{name}: not what a seal tells")
            if proven[name].get(seq, record["hash"]) != record["hash"]:
                raise Bad(f"{name}: record {seq} is not as sealed")
            if record["kind"] == "disposed" and seq <= heads["custody"]:
                match = re.fullmatch(r"([a-z]+)-([0-9]{20})", record["file"])
                kept_from[match[1]] = max(kept_from[match[1]],
                                          int(match[2]) + record["count"])
            last = seq
        if name == "custody" and kept_from[name] < (first or 1):
            raise Bad(f"{name} begins with {first}")
        wanted = part.end(name) if part else heads[name]
        is_kept = kept_from[name] <= wanted if part else \
            kept_from[name] != (last or 0) + 1
        if (last or 0) < wanted and is_kept:
            raise Bad(f"{name} is cut off: {wanted} must be here")
        unproven += max(0, (last or 0) - heads[name])
    print(f"whole: {total} records, {unproven} of them not proven")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2])
    except (Bad, KeyError) as error:
        sys.exit(f"not whole: {error}")
