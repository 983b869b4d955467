# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
"""Drives the stand-in for GitHub by PyGithub, and holds the shape of each answer to GitHub's own
description of its interface: github_client.py ADDRESS OPENAPI_JSON"""

import json
import sys
import tempfile
import urllib.request

from github import Auth, Github, GithubException

ADDRESS, OPENAPI = sys.argv[1:3]
TOKEN, READER = "rehearsal-github", "rehearsal-github-reader"
COUNT = {"calls": 0, "shapes": 0}


def holds(what, fact):
    """One call of PyGithub came to what it should."""
    COUNT["calls"] += 1
    print(f"{'ok  ' if fact else 'FAIL'} {what}")
    if not fact:
        sys.exit(1)


def refused(what, status, says, call):
    try:
        call()
    except GithubException as error:
        holds(f"{what}: {status}", error.status == status and says in json.dumps(error.data))
    else:
        holds(f"{what}: {status}", False)


def client(token=TOKEN):
    return Github(base_url=ADDRESS, auth=Auth.Token(token) if token else None, retry=None, per_page=2)


def drive():
    github = client()
    holds("the user", github.get_user().login == "ann")
    repository = github.get_repo("greeter/site")
    holds("the repository", repository.default_branch == "main" and repository.permissions.push)
    tip = repository.get_branch("main").commit.sha
    holds("a branch", len(tip) == 40)
    holds("a file", repository.get_contents("data/a.yml", ref="main").decoded_content == b"a: 1\n")
    holds("a directory", [entry.name for entry in repository.get_contents("data")] == ["a.yml"])

    pull = repository.create_pull(base="main", head="greeter:change", title="Change", body="text", draft=True)
    holds("a pull request is opened", (pull.number, pull.state, pull.draft) == (1, "open", True))
    again = lambda: repository.create_pull(base="main", head="change", title="Again", body="")
    refused("a second one", 422, "A pull request already exists for greeter:change.", again)
    lost = lambda: repository.create_pull(base="main", head="greeter:lost", title="Lost", body="")
    refused("one of no branch", 422, "invalid", lost)
    holds("it is found by its branch", [one.number for one in repository.get_pulls(head="greeter:change")] == [1])
    pull.edit(title="Changed", body="more")
    holds("it is described anew", repository.get_pull(1).title == "Changed")
    refused("a draft is not merged", 405, "draft", pull.merge)
    pull.mark_ready_for_review()
    holds("the draft is ready", not repository.get_pull(1).draft)
    holds("it can be merged", repository.get_pull(1).mergeable is True)
    holds("it is not merged", not pull.is_merged())
    refused("not at another commit", 409, "Head branch was modified", lambda: pull.merge(sha=tip))
    merged = pull.merge(merge_method="squash", commit_title="Change it")
    holds("it is merged", merged.merged and pull.is_merged() and repository.get_branch("main").commit.sha == merged.sha)
    other = repository.create_pull(base="main", head="other", title="Other", body="")
    other.edit(state="closed")
    holds("another is closed", repository.get_pull(other.number).state == "closed")
    for branch in ("one", "two", "three"):
        repository.create_pull(base="main", head=branch, title=branch, body="")
    holds("pages of two", [one.title for one in repository.get_pulls()] == ["three", "two", "one"])

    commit = repository.get_branch("main").commit.sha
    runs = list(repository._requester.requestJsonAndCheck("GET", f"{repository.url}/commits/{commit}/check-runs")[1]["check_runs"])
    holds("check runs", [(one["name"], one["conclusion"]) for one in runs] == [("build", "success")])

    release = repository.create_git_release(tag="v1", name="One", message="text", draft=True)
    with tempfile.NamedTemporaryFile(suffix=".tgz") as file:
        file.write(b"bytes")
        file.flush()
        asset = release.upload_asset(file.name, name="a.tgz", content_type="application/gzip")
        holds("a file of a release", (asset.name, asset.size, asset.state) == ("a.tgz", 5, "uploaded"))
        refused("the same again", 422, "already_exists", lambda: release.upload_asset(file.name, name="a.tgz"))
    release.update_release(name="One", message="text", draft=False)
    holds("the release is found", repository.get_release("v1").name == "One")

    refused("a wrong token", 401, "Bad credentials", lambda: client("wrong").get_user().login)
    refused("no such repository", 404, "Not Found", lambda: github.get_repo("greeter/lost"))
    refused("no such pull request", 404, "Not Found", lambda: repository.get_pull(99))
    read = client(READER).get_repo("greeter/site")
    refused("a reader opens none", 403, "not accessible", lambda: read.create_pull(base="main", head="other", title="x", body=""))


class Shapes:
    """GitHub's description of its answers."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.description = json.load(file)

    def resolved(self, schema):
        while "$ref" in schema:
            at = self.description
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def schema(self, method, template, status):
        answer = self.description["paths"][template][method.lower()]["responses"][str(status)]
        return self.resolved(answer)["content"]["application/json"]["schema"]

    def faults(self, value, schema, place):
        schema = self.resolved(schema)
        if value is None:
            free = schema.get("nullable") or not schema or any(not self.faults(None, one, place) for one in schema.get("anyOf", []) + schema.get("oneOf", []))
            return [] if free else [f"{place} is null"]
        for kind in ("anyOf", "oneOf"):
            if kind in schema:
                tried = [self.faults(value, one, place) for one in schema[kind]]
                if all(tried):
                    return min(tried, key=len)
        found = [fault for one in schema.get("allOf", []) for fault in self.faults(value, one, place)]
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
        kind = schema.get("type")
        if kind in kinds and (not isinstance(value, kinds[kind]) or kind != "boolean" and isinstance(value, bool)):
            return found + [f"{place} is {type(value).__name__}, not {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{place} is {value!r}, not one of {schema['enum']}")
        if isinstance(value, dict):
            found += [f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value]
            for name, inner in schema.get("properties", {}).items():
                if name in value:
                    found += self.faults(value[name], inner, f"{place}.{name}")
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                found += self.faults(item, schema["items"], f"{place}[{number}]")
        return found

    def check(self, template, path, method="GET", status=200, body=None):
        request = urllib.request.Request(f"{ADDRESS}{path}", method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {TOKEN}")
        try:
            with urllib.request.urlopen(request) as answer:
                code, value = answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            code, value = error.code, json.load(error)
        found = self.faults(value, self.schema(method, template, status), "answer") if code == status else [f"status {code}"]
        COUNT["shapes"] += 1
        print(f"{'FAIL' if found else 'ok  '} {method} {template} {status}")
        if found:
            print("     " + "\n     ".join(found[:12]))
            sys.exit(1)
        return value


def shapes():
    shapes, repository = Shapes(OPENAPI), "/repos/{owner}/{repo}"
    at = "/repos/greeter/site"
    shapes.check(repository, at)
    shapes.check(f"{repository}/branches/{{branch}}", f"{at}/branches/main")
    shapes.check(f"{repository}/pulls", f"{at}/pulls?state=all")
    shapes.check(f"{repository}/pulls/{{pull_number}}", f"{at}/pulls/1")
    shapes.check(f"{repository}/pulls/{{pull_number}}", f"{at}/pulls/3")
    shapes.check(f"{repository}/pulls/{{pull_number}}", f"{at}/pulls/99", status=404)
    again = {"title": "x", "head": "one", "base": "main"}
    shapes.check(f"{repository}/pulls", f"{at}/pulls", "POST", 422, again)
    shapes.check(f"{repository}/pulls/{{pull_number}}", f"{at}/pulls/3", "PATCH", 200, {"title": "y"})
    shapes.check(f"{repository}/pulls/{{pull_number}}/merge", f"{at}/pulls/1/merge", "PUT", 405, {})
    shapes.check(f"{repository}/pulls/{{pull_number}}/merge", f"{at}/pulls/4/merge", "PUT", 409, {"sha": "0" * 40})
    shapes.check(f"{repository}/pulls/{{pull_number}}/merge", f"{at}/pulls/4/merge", "PUT", 200, {})
    shapes.check(f"{repository}/commits/{{ref}}/check-runs", f"{at}/commits/main/check-runs")
    shapes.check(f"{repository}/commits/{{ref}}/status", f"{at}/commits/main/status")
    shapes.check(f"{repository}/contents/{{path}}", f"{at}/contents/data/a.yml")
    shapes.check(f"{repository}/contents/{{path}}", f"{at}/contents/data")
    shapes.check(f"{repository}/releases", f"{at}/releases")
    release = shapes.check(f"{repository}/releases/tags/{{tag}}", f"{at}/releases/tags/v1")
    shapes.check(f"{repository}/releases/{{release_id}}", f"{at}/releases/{release['id']}", "PATCH", 200, {"name": "z"})
    shapes.check(f"{repository}/releases/assets/{{asset_id}}", f"{at}/releases/assets/{release['assets'][0]['id']}")
    shapes.check(f"{repository}/releases", f"{at}/releases", "POST", 201, {"tag_name": "v2"})
    shapes.check(f"{repository}/branches/{{branch}}/protection", f"{at}/branches/main/protection", status=404)


drive()
shapes()
print(f"GitHub: {COUNT['calls']} calls of PyGithub and {COUNT['shapes']} shapes of answers hold")
