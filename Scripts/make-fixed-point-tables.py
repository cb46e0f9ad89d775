#!/usr/bin/env python3
"""Writes Sources/CKernels/integer/tables.inc: tanh and sigmoid for the integer entropy model.

Entry i is f(i / 64), i = 0...512, in Q11; run it only to change the tables (which changes every bitstream).
"""
import math

def table(name, f):
    values = [round(f(i / 64) * 2048) for i in range(513)]
    values = [min(v, limit) for v, limit in zip(values, [2047 if name == "tanh" else 2048] * 513)]
    lines = ["    " + ", ".join(str(v) for v in values[i:i + 20]) + "," for i in range(0, 513, 20)]
    return f"static const int16_t nwc_{name}_q11[513] = {{\n" + "\n".join(lines) + "\n};\n"

with open("Sources/CKernels/integer/tables.inc", "w") as out:
    out.write("// Made by Scripts/make-fixed-point-tables.py; entry i is f(i / 64) in Q11.\n")
    out.write(table("tanh", math.tanh))
    out.write(table("sigmoid", lambda x: 1 / (1 + math.exp(-x))))
