#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Holds the stand-in for Nexus to Maven and to nexus-staging-maven-plugin, which asks and
# acts in XML: nexus.sh ADDRESS. A staging repository is opened by uploading, listed, closed,
# released; another is opened by Maven itself, kept open by a rule, and dropped.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
address=$1/nexus
work=$(mktemp -d)
export GNUPGHOME=$work/gnupg
trap 'gpgconf --kill all; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ann Example <ann@example.org>' ed25519 sign 1y 2> "$work/gpg.log"

cat > "$work/settings.xml" << XML
<settings><servers><server><id>staging</id>
<username>ann-token</username>
<password>rehearsal-of-nexus</password>
</server></servers></settings>
XML
plugin=org.sonatype.plugins:nexus-staging-maven-plugin:1.7.0
# the plugin is older than the modules of Java, and looks into its lists
export MAVEN_OPTS="--add-opens=java.base/java.util=ALL-UNNAMED"
maven() { mvn --batch-mode --no-transfer-progress --settings "$work/settings.xml" "$@" > "$work/mvn.log" 2>&1; }
staging() { # GOAL FURTHER…
  maven "$plugin:$1" -DnexusUrl="$address" -DserverId=staging -DstagingProgressPauseDurationSeconds=1 "${@:2}"
}
fail() {
  echo "nexus-staging-maven-plugin: $*"
  tail -n 40 "$work/mvn.log"
  exit 1
}
expect() { grep -q -- "$1" "$work/mvn.log" || fail "\`$1\` is not in what Maven says"; }

# what is to be staged: the sample, at a release's version
cp -r src/rehearsal/sample "$work/sample"
find "$work/sample" -name pom.xml -exec sed -i 's/1\.2-SNAPSHOT/1.2.0/' {} +
upload="-DaltDeploymentRepository=staging::$address/service/local/staging/deploy/maven2"
(cd "$work/sample" && sh "$OLDPWD/tests/suite/maven/deploy.sh" "$work/settings.xml" "$upload" > "$work/deploy.log")

staging rc-list || fail "rc-list"
expect 'orgapachegreeter-1004 *OPEN'
expect 'orgapachegreeter-1001 *CLOSED'
staging rc-close -DstagingRepositoryId=orgapachegreeter-1004 -DstagingDescription='Greeter 1.2.0 rc1' || fail "rc-close"
staging rc-list || fail "rc-list"
expect 'orgapachegreeter-1004 *CLOSED *Greeter 1.2.0 rc1'

# Maven uploads by itself; without a signature it cannot be closed
maven org.apache.maven.plugins:maven-deploy-plugin:3.1.4:deploy-file -DrepositoryId=staging \
  -Durl="$address/service/local/staging/deploy/maven2" -DgroupId=org.apache.greeter -DartifactId=unsigned \
  -Dversion=1.2.0 -Dpackaging=jar -Dfile="$work/sample/README.md" || fail "deploy-file"
if staging rc-close -DstagingRepositoryId=orgapachegreeter-1005; then fail "an unsigned repository was closed"; fi
expect 'No signature'
expect 'unsigned-1.2.0.jar.asc'
staging rc-drop -DstagingRepositoryId=orgapachegreeter-1005 || fail "rc-drop"
staging rc-release -DstagingRepositoryId=orgapachegreeter-1004 -DautoDropAfterRelease=false || fail "rc-release"
staging rc-list || fail "rc-list"
if grep -q orgapachegreeter-1005 "$work/mvn.log"; then fail "a dropped repository is listed"; fi
if staging rc-release -DstagingRepositoryId=orgapachegreeter-1004; then fail "it was released twice"; fi
path=org/apache/greeter/greeter-core/1.2.0/greeter-core-1.2.0.pom
for _ in 1 2 3 4 5; do
  if curl --silent --fail "$address/central/maven2/$path" > "$work/pom"; then break; fi
done
cmp "$work/pom" "$work/sample/greeter-core/pom.xml"
echo "nexus-staging-maven-plugin: listed, closed, refused by a rule, dropped, released"
