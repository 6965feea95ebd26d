#!/bin/sh
# What a lease says, as busybox's udhcpc hands it over.
case $1 in
deconfig) ip addr flush dev "$interface" ;;
bound | renew)
	ip addr replace "$ip/$mask" dev "$interface"
	[ -n "$router" ] && ip route replace default via "${router%% *}" dev "$interface"
	: >/run/resolv.conf.new
	for server in $dns; do echo "nameserver $server" >>/run/resolv.conf.new; done
	mv /run/resolv.conf.new /run/resolv.conf
	read -r up _ </proc/uptime
	[ "$1" = bound ] && echo "$interface-bound $up" >>/run/boot-marks
	;;
esac
