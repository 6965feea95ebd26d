#!/bin/sh
# The box from its root on: what the platform needs of Linux, then the platform, and a new start when it ends.
export PATH=/bin
. /etc/mullion/release
export MALLOC_ARENA_MAX=1
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs tmp /tmp
[ "$(date +%s)" -lt "$built_at" ] && date -s "@$built_at" >/dev/null
while read -r driver; do insmod "/$driver"; done </etc/mullion/drivers
# Armed before anything can hang; from here on the platform feeds it, and only while it is well.
[ -c /dev/watchdog ] && echo . >/dev/watchdog
mount -t ext4 -o noatime,errors=remount-ro "$data" /data || {
	echo "mullion: the data partition cannot be used"
	reboot -f
}
hostname "mullion"
ip link set lo up
for device in $networks; do
	ip link set "$device" up
	udhcpc -i "$device" -b -S -t 3 -T 1 -A 3 -s /etc/mullion/dhcp >/dev/null 2>&1 &
done
cd /data
node /usr/lib/mullion/firmware.mjs --config /data/box.json --image /etc/mullion/image.json
echo "mullion: the platform ended with $?"
sync
reboot -f
