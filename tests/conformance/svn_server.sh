#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Starts mod_dav_svn over https with accounts on loopback, as the foundation's distribution
# repository is served: svn_server.sh DIRECTORY PORT CERTIFICATE KEY. All may read, `ann` may
# write, `eve` is known and may not; the password is `secret`. Writes the server's process id.

set -euo pipefail
place=$1 port=$2 certificate=$3 key=$4
modules=/usr/lib/apache2/modules
mkdir -p "$place/config" "$place/run"
svnadmin create "$place/dist"
# who begins a run is found again by a property that is set with the commit
printf '#!/bin/sh\nexit 0\n' > "$place/dist/hooks/pre-revprop-change"
chmod +x "$place/dist/hooks/pre-revprop-change"
printf '[global]\nssl-authority-files = %s\n' "$certificate" > "$place/config/servers"
for user in ann eve; do
  printf '%s:%s\n' "$user" "$(openssl passwd -apr1 secret)" >> "$place/users"
done
# a server that is started by root gives its rights up, and the repository is then its
user=$(id -un) group=$(id -gn)
if [ "$user" = root ]; then user=www-data group=www-data && chown -R www-data "$place/dist" "$place/run" && chmod o+x "$(dirname "$place")"; fi
cat > "$place/apache.conf" << CONF
ServerRoot $place
ServerName localhost
PidFile $place/run/pid
ErrorLog $place/error.log
Listen 127.0.0.1:$port
User $user
Group $group
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authn_file_module $modules/mod_authn_file.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule auth_basic_module $modules/mod_auth_basic.so
LoadModule ssl_module $modules/mod_ssl.so
LoadModule dav_module $modules/mod_dav.so
LoadModule dav_svn_module $modules/mod_dav_svn.so
DocumentRoot $place/run
SSLEngine on
SSLCertificateFile $certificate
SSLCertificateKeyFile $key
<Location /dist>
  DAV svn
  SVNPath $place/dist
  AuthType Basic
  AuthName dist
  AuthUserFile $place/users
  AuthzSendForbiddenOnFailure On
  <LimitExcept GET HEAD PROPFIND OPTIONS REPORT>
    Require user ann
  </LimitExcept>
</Location>
CONF
apache2 -f "$place/apache.conf" -X > "$place/out" 2>&1 &
echo $!
