# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.


"""Reads metrics from standard input with Prometheus's own library for Python, and says as JSON what it found.

An object with the name and labels of each sample, in the text's form, and its value; and one with the type of
each family.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

types, samples = {}, []
for family in text_string_to_metric_families(sys.stdin.read()):
    types[family.name] = family.type
    for sample in family.samples:
        samples.append({"name": sample.name, "labels": sample.labels, "value": sample.value})
json.dump({"types": types, "samples": samples}, sys.stdout)
