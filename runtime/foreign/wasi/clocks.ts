/** `wasi:clocks`: one clock for both, as fine as the VM's clock grant. */
import type { HostInterfaces } from '../glue-script.ts';
import type { Outside } from './outside.ts';
import { Pollable } from './poll.ts';

const nsPerSecond = 1_000_000_000n;

const dateTime = (ns: bigint) => ({ seconds: ns / nsPerSecond, nanoseconds: Number(ns % nsPerSecond) });

export function clocks({ clock }: Outside): HostInterfaces {
	return {
		'wasi:clocks/monotonic-clock': {
			now: () => clock.nowNs,
			resolution: () => clock.stepNs,
			subscribeInstant: (instantNs: bigint) => Pollable.at(clock, instantNs),
			subscribeDuration: (durationNs: bigint) => Pollable.at(clock, clock.after(durationNs)),
		},
		'wasi:clocks/wall-clock': {
			now: () => dateTime(clock.nowNs),
			resolution: () => dateTime(clock.stepNs),
		},
		'wasi:clocks/timezone': {
			display: () => ({ utcOffset: 0, name: 'UTC', inDaylightSavingTime: false }),
			utcOffset: () => 0,
		},
	};
}
