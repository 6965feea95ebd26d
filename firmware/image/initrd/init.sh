#!/bin/busybox sh
# First of all programs: opens the verified root of the slot that the boot loader chose, and begins in it.
export PATH=/bin
fail() {
	echo "mullion: $*"
	reboot -f
}
mount -t proc proc /proc
# When this begins, for who looks at how a start goes.
read -r up _ </proc/uptime
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
while read -r driver; do
	insmod "/$driver" || fail "the driver $driver cannot be loaded"
done </drivers
. /verity
for word in $(cat /proc/cmdline); do
	case $word in
	mullion.root=*) device=/dev/${word#mullion.root=} ;;
	esac
done
for try in 1 2 3 4 5 6 7 8 9 10; do
	[ -b "$device" ] && break
	sleep 0.1
done
table="0 $sectors verity 1 $device $device 4096 4096 $blocks $hash_start sha256 $root_hash $salt 1 restart_on_corruption"
dmsetup create root --readonly --noudevsync --table "$table" || fail "the root of $device cannot be opened"
mount -t squashfs -o ro /dev/dm-0 /root || fail "there is no root in $device"
for folder in proc sys dev; do mount -o move "/$folder" "/root/$folder"; done
exec switch_root /root /sbin/init "$up"
