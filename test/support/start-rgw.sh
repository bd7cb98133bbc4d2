#!/usr/bin/env bash
# A real S3 server on loopback for tests: one-node Ceph with radosgw, in memory. Needs
#   apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common   (109 s)
# Usage: start-rgw.sh FOLDER MON_PORT S3_PORT   Prints "ready http://127.0.0.1:S3_PORT" (about 17 s); pids are in FOLDER/*.pid.
# Keys: TESTKEY / TESTSECRET, region anything, path style. Pick free ports; end it by the pids.
set -eu
folder=$1 mon=$2 s3=$3; rm -rf "$folder"; mkdir -p "$folder"/{mon,osd,rgw,run,log}; fsid=$(cat /proc/sys/kernel/random/uuid); conf=$folder/ceph.conf
cat > "$conf" <<C
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$mon
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
osd crush chooseleaf type = 0
ms bind msgr2 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = $folder/run
admin socket = $folder/run/\$name.asok
log file = $folder/log/\$name.log
[mon.a]
mon data = $folder/mon
[osd]
osd objectstore = memstore
memstore device bytes = 2147483648
osd data = $folder/osd
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$s3
rgw data = $folder/rgw
C
wait_for() { local n=$1; shift; for _ in $(seq "$n"); do "$@" >/dev/null 2>&1 && return 0; sleep 0.3; done; echo "start-rgw.sh: $* did not come up" >&2; return 1; }
up() { ceph -c "$conf" osd stat | grep -q '1 up'; }
monmaptool --create --addv a "v1:127.0.0.1:$mon" --fsid "$fsid" "$folder/monmap" >/dev/null
ceph-mon --mkfs -i a --monmap "$folder/monmap" -c "$conf"
ceph-mon -f -i a -c "$conf" >"$folder/log/mon.out" 2>&1 & echo $! >"$folder/mon.pid"
wait_for 60 timeout 5 ceph -c "$conf" -s
osd=$(cat /proc/sys/kernel/random/uuid); ceph -c "$conf" osd new "$osd" >/dev/null; ceph-osd -i 0 -c "$conf" --mkfs --osd-uuid "$osd"
ceph-osd -f -i 0 -c "$conf" >"$folder/log/osd.out" 2>&1 & echo $! >"$folder/osd.pid"
wait_for 100 up
radosgw -f -n client.rgw.a -c "$conf" >"$folder/log/rgw.out" 2>&1 & echo $! >"$folder/rgw.pid"
wait_for 150 curl -sf -o /dev/null "http://127.0.0.1:$s3/"
radosgw-admin -c "$conf" user create --uid=t --display-name=t --access-key=TESTKEY --secret-key=TESTSECRET >/dev/null
echo "ready http://127.0.0.1:$s3"
