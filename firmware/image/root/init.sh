#!/bin/sh
# The box from its root on: what the platform needs of Linux, then the platform, and a new start when it ends.
export PATH=/bin
. /etc/mullion/release
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs tmp /tmp
mark() {
	read -r up _ </proc/uptime
	echo "$1 $up" >>/run/boot-marks
}
echo "initrd $1" >/run/boot-marks
mark root
not_before() { [ "$(date +%s)" -ge "$1" ] || date -s "@$1" >/dev/null; }
not_before "$built_at"
# What is plugged in can wait for the platform, and not the other way round.
while read -r driver options; do
	case $driver in
	*/usb/* | */scsi/* | */fat/* | */exfat/* | */nls/*) plugged="$plugged /$driver" ;;
	*) insmod "/$driver" $options ;;
	esac
done </etc/mullion/drivers
# Armed before anything can hang, and held open, for the platform to feed it while it is well. Until that does, it is fed
# from here: for longer than it waits, but not for longer than what comes next may take. A board may have lost its own.
exec 9>/dev/null
[ -c /dev/watchdog ] && command exec 9>/dev/watchdog
echo . >&9
patient_for() {
	[ -z "$feeding" ] || kill "$feeding" 2>/dev/null
	(
		left=$1
		while [ "$left" -ge 0 ]; do
			echo . >&9
			sleep 5
			left=$((left - 5))
		done
	) &
	feeding=$!
}
# The network comes up while the data is looked at.
hostname "mullion"
ip link set lo up
for device in $networks; do
	ip link set "$device" up
	mark "$device-asked"
	udhcpc -i "$device" -b -S -t 3 -T 1 -A 3 -s /etc/mullion/dhcp >/dev/null 2>&1 &
done
# Who the box is stands behind the boot state too: with that it comes to its cloud even without its data, and
# tells. What is on the partition stays there, for whoever can save it, and each start tries it again.
dd if="$boot_state" bs=65536 skip=1 2>/dev/null | tr -d '\000' >/run/box.json
# Of the outermost object, the fields of which are indented by one tab.
name_in() { sed -n 's/^."endpointId": "\(.*\)",*$/\1/p' "$1"; }
without_data() {
	lost=$*
	echo "mullion: $lost"
	umount /data 2>/dev/null
	[ -s /run/box.json ] || reboot -f
	mount -t tmpfs -o size=32m data /data
	cat /run/box.json >/data/box.json
}
has_room() {
	dd if=/dev/zero of=/data/room bs=64k count=4 2>/dev/null
	was=$?
	rm -f /data/room
	return $was
}
# What a cut or a worn disk has done to the file system is mended as far as it goes, and what was done is told.
# What its journal brings back by itself after a cut is no news.
mend() {
	e2fsck "$@" "$data" >/run/mended 2>&1
	found=$?
	[ $found -eq 0 ] || [ $found -ge 4 ] && return $found
	mended=$(grep -v -e '^e2fsck' -e 'recovering journal' -e ': clean,' /run/mended | tr '\n' ' ' | cut -c 1-400)
	[ -z "$mended" ] || echo "mullion: the data partition was mended: $mended"
}
use_data() { mount -t ext4 -o noatime,errors=remount-ro "$data" /data; }
# There may be much to look at.
patient_for 600
mend -p
[ $? -lt 4 ] || mend -f -y
use_data
# Damage that shows only when something is written.
if grep -q ' /data ' /proc/mounts && ! has_room && grep -q ' /data ext4 ro' /proc/mounts; then
	umount /data
	mend -f -y
	use_data
fi
if ! grep -q ' /data ' /proc/mounts; then
	without_data "the data partition cannot be used"
elif [ ! -s /data/box.json ]; then
	without_data "the data partition does not say whose it is"
elif [ -s /run/box.json ] && [ "$(name_in /data/box.json)" != "$(name_in /run/box.json)" ]; then
	without_data "the data partition is of another box: $(name_in /data/box.json)"
elif ! has_room; then
	# The platform does not start where it cannot write a file.
	without_data "the data partition is full"
fi
# A box without a clock of its own would be back at the day of its build at each start, where what the repository said
# of itself until then is fresh again, however old, and its log would go back. So time goes on from what the box wrote
# last, but only up to some years after the build: what says more was written under a clock that was wrong, and a box
# that believed it would take no update any more, the one by which it is mended included.
last_written() {
	latest=$built_at
	for written in $(busybox stat -c %Y /data/* /data/*/* /data/*/*/* 2>/dev/null); do
		[ "$written" -gt "$latest" ] && [ "$written" -le $((built_at + 5 * 31557600)) ] && latest=$written
	done
	echo "$latest"
}
[ -n "$lost" ] || not_before "$(last_written)"
for driver in $plugged; do insmod "$driver"; done &
patient_for 60
cd /data
mark platform
node "$program" --config /data/box.json --image /etc/mullion/image.json \
	${lost:+--without-data "$lost"} ${mended:+--mended "$mended"}
ended=$?
echo "mullion: the platform ended with $ended"
[ -n "$lost" ] || : >/data/ended
sync
# It asks to be switched off when its battery is nearly empty.
[ "$ended" = 75 ] && busybox poweroff -f
reboot -f
