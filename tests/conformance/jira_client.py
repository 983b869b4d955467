# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

"""Drives the stand-in for JIRA by the client `jira` of PyPI: python jira_client.py ADDRESS"""

import sys

from jira import JIRA
from jira.exceptions import JIRAError

ADDRESS = sys.argv[1] + "/jira"
OPTIONS = {"max_retries": 0, "get_server_info": True}


def refused(status, action):
    try:
        action()
    except JIRAError as error:
        assert error.status_code == status, (error.status_code, error.text)
        return error.text
    raise AssertionError(f"expected {status}")


def main():
    jira = JIRA(ADDRESS, token_auth="rehearsal-jira-administrator", **OPTIONS)
    assert jira.server_info()["deploymentType"] == "Server"
    assert jira.myself()["displayName"] == "Ann Example"
    assert jira.project("GREETER").name == "Apache Greeter"
    assert [version.name for version in jira.project_versions("GREETER")] == ["1.1.0", "1.2.0"]

    made = jira.create_version("1.3.0", "GREETER", startDate="2026-11-21")
    assert (made.name, made.released, made.archived) == ("1.3.0", False, False)
    says = refused(400, lambda: jira.create_version("1.3.0", "GREETER"))
    assert "A version with this name already exists in this project." in says, says
    refused(404, lambda: jira.create_version("1.4.0", "NOBODY"))

    open_issues = 'project = "GREETER" AND fixVersion = "1.2.0" AND resolution = Unresolved'
    everything = jira.search_issues(f"{open_issues} ORDER BY priority DESC, key ASC", maxResults=False)
    assert [issue.key for issue in everything] == [f"GREETER-{number}" for number in (2, 6, 3, 4, 5)]
    assert everything.total == 5 and everything[0].fields.priority.name == "Blocker"
    assert [version.name for version in everything[0].fields.fixVersions] == ["1.2.0"]
    says = refused(400, lambda: jira.search_issues("fixVersion = 9.9"))
    assert "does not exist for the field 'fixVersion'" in says, says
    refused(400, lambda: jira.search_issues("colour = red"))
    refused(400, lambda: jira.search_issues("project = 'GREETER'"))

    issue = jira.issue("GREETER-2")
    issue.update(update={"fixVersions": [{"remove": {"name": "1.2.0"}}, {"add": {"name": "1.3.0"}}]})
    assert [version.name for version in jira.issue("GREETER-2").fields.fixVersions] == ["1.3.0"]
    issue = jira.issue("GREETER-3")
    issue.update(summary="Three things are better")
    assert jira.issue("GREETER-3").fields.summary == "Three things are better"
    refused(404, lambda: jira.issue("GREETER-99"))

    steps = {step["name"]: step["id"] for step in jira.transitions(issue)}
    refused(400, lambda: jira.transition_issue(issue, steps["Resolve Issue"]))
    jira.transition_issue(issue, steps["Resolve Issue"], resolution={"name": "Fixed"})
    resolved = jira.issue("GREETER-3").fields
    assert (resolved.status.name, resolved.resolution.name) == ("Resolved", "Fixed")
    jira.add_comment("GREETER-4", "It can wait.")

    version = jira.get_project_version_by_name("GREETER", "1.2.0")
    assert jira.version_count_related_issues(version.id)["issuesFixedCount"] == 5
    version.update(released=True, releaseDate="2026-11-21")
    version = jira.version(version.id)
    assert (version.released, version.releaseDate) == (True, "2026-11-21")
    refused(400, lambda: version.update(releaseDate="2026-11-21", userReleaseDate="21/Nov/26"))
    made.delete()
    assert jira.get_project_version_by_name("GREETER", "1.3.0") is None

    committer = JIRA(ADDRESS, token_auth="rehearsal-jira-committer", **OPTIONS)
    refused(404, lambda: committer.create_version("1.5.0", "GREETER"))
    permissions = committer.my_permissions("GREETER")["permissions"]
    assert permissions["ADMINISTER_PROJECTS"]["havePermission"] is False
    everybody = JIRA(ADDRESS, **OPTIONS)
    assert everybody.issue("GREETER-1").fields.summary == "One"
    refused(401, lambda: everybody.issue("GREETER-1").update(summary="Two"))
    refused(401, lambda: JIRA(ADDRESS, token_auth="wrong", **OPTIONS).project_versions("GREETER"))


if __name__ == "__main__":
    main()
    print("jira: versions, searches, issues, transitions and refusals are as its client expects them")
