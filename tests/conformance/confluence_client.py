# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

"""Drives the stand-in for Confluence by `atlassian-python-api`: python confluence_client.py ADDRESS"""

import sys

import requests
from atlassian import Confluence

ADDRESS = sys.argv[1] + "/confluence"
TOKEN = "rehearsal-confluence-writer"


def main():
    wiki = Confluence(url=ADDRESS, token=TOKEN, cloud=False)
    parent = wiki.create_page("GREETER", "Proposals", "<p>All of them</p>")
    page = wiki.create_page("GREETER", "GIP-1: Greet twice", "<p>Twice</p>", parent_id=parent["id"])
    assert page["version"]["number"] == 1
    assert wiki.page_exists("GREETER", "GIP-1: Greet twice")
    assert wiki.get_page_id("GREETER", "GIP-1: Greet twice") == page["id"]
    assert not wiki.page_exists("GREETER", "GIP-2")

    wiki.update_page(page["id"], "GIP-1: Greet twice", "<p>Twice, and louder</p>")
    shown = wiki.get_page_by_id(page["id"], expand="body.storage,version,ancestors")
    assert shown["body"]["storage"]["value"] == "<p>Twice, and louder</p>"
    assert shown["version"]["number"] == 2
    assert [above["title"] for above in shown["ancestors"]] == ["Proposals"]

    wiki.set_page_label(page["id"], "accepted")
    labels = wiki.get_page_labels(page["id"])["results"]
    assert [label["name"] for label in labels] == ["accepted"]
    shown = wiki.get_page_by_id(page["id"], expand="metadata.labels")
    assert [label["name"] for label in shown["metadata"]["labels"]["results"]] == ["accepted"]
    wiki.set_page_label(page["id"], "released")
    wiki.remove_page_label(page["id"], "accepted")
    labels = wiki.get_page_labels(page["id"])["results"]
    assert [label["name"] for label in labels] == ["released"]
    children = list(wiki.get_page_child_by_type(parent["id"], type="page"))
    assert [child["title"] for child in children] == ["GIP-1: Greet twice"]

    stale = {
        "type": "page", "title": "GIP-1", "version": {"number": 2},
        "body": {"storage": {"value": "", "representation": "storage"}},
    }
    address = f"{ADDRESS}/rest/api/content/{page['id']}"
    answer = requests.put(address, json=stale, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    assert answer.status_code == 409, answer.text
    answer = requests.put(address, json=stale, timeout=10)
    assert answer.status_code == 403, answer.text
    wiki.remove_page(page["id"])
    assert not wiki.page_exists("GREETER", "GIP-1: Greet twice")


if __name__ == "__main__":
    main()
    print("confluence: pages, versions, labels and children are as its client expects them")
