/** The VMs as the operator sees them: TR-181 Execution Units. */

import type { Clock } from '../../runtime/clock.ts';
import type { Modules } from '../../runtime/module/modules.ts';
import { isUp } from '../../runtime/vm/lifecycle.ts';
import type { VmView as SupervisedVm } from '../../runtime/vm/supervised.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { VmLoad, VmStatus, VmView } from '../agent/ports.ts';

const pageBytes = 65_536;
const shortestCountUs = 100_000;
const longestCountMs = 100;

export interface VmViewOptions {
	readonly clock: Clock;
	readonly modules: Modules;
	readonly supervisor: Supervisor;
}

export function vmView({ clock, modules, supervisor }: VmViewOptions): VmView {
	const usage = new CpuUsage(clock);
	let countedAtUs = 0;
	return {
		count: async () => {
			const now = clock.now();
			// What is asked for often is not counted more often: two parameters of one Get, say.
			if (now - countedAtUs < shortestCountUs) return;
			countedAtUs = now;
			// A cell that is busy counts later: nobody waits for it.
			const { promise, resolve } = Promise.withResolvers<void>();
			const timer = clock.after(longestCountMs, resolve);
			await Promise.race([supervisor.count(), promise]);
			timer.cancel();
		},
		list: () => {
			const byName = new Map(modules.list().map((module) => [module.unit.name, module]));
			return supervisor.views().flatMap((vm): VmStatus[] => {
				const module = byName.get(vm.module);
				if (module === undefined) return [];
				return [
					{
						id: vm.name,
						vm: isUp(vm.state) ? vm.id : 0,
						module: vm.module,
						environment: vm.cell,
						state: vm.state === 'backing-off' ? 'starting' : vm.state,
						reason: vm.reason,
						autoStart: module.unit.requestedState === 'active',
						baseband: vm.baseband,
						// What was counted last stays when it is stopped; its memory does not.
						memoryBytes: vm.state === 'stopped' ? 0 : (vm.counts?.memoryBytes ?? 0),
						memoryLimitBytes: module.manifest.budget.memoryPages * pageBytes,
						cpuPercent: usage.percent(vm),
						restarts: vm.restarts,
						startedAt: isUp(vm.state) ? vm.startedAtUs : 0,
						priority: vm.priority,
						load: loadOf(vm),
						faults: vm.faults,
						overruns: vm.overruns.map(({ lastAtUs, ...rest }) => ({ ...rest, lastAt: lastAtUs })),
					},
				];
			});
		},
	};
}

function loadOf({ counts, countedAtUs }: SupervisedVm): VmLoad {
	return {
		countedAt: countedAtUs,
		inboxLength: counts?.inboxLength ?? 0,
		inboxBytes: counts?.inboxBytes ?? 0,
		turns: counts?.turns ?? 0,
		events: counts?.events ?? 0,
		sent: counts?.sent ?? 0,
		busyUs: counts?.busyUs ?? 0,
		turnP50Us: counts?.lately.p50Us ?? 0,
		turnP99Us: counts?.lately.p99Us ?? 0,
		turnMaxUs: counts?.lately.maxUs ?? 0,
		dropped: counts?.dropped ?? 0,
		setAside: counts?.setAside ?? 0,
		late: counts?.late ?? 0,
		latestUs: counts?.latestUs ?? 0,
	};
}

/** Share of one core since the last time it was asked. */
class CpuUsage {
	readonly #clock: Clock;
	readonly #last = new Map<string, { atUs: number; busyUs: number; percent: number }>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	percent({ name, counts }: SupervisedVm): number {
		const now = this.#clock.now();
		const busyUs = counts?.busyUs ?? 0;
		const before = this.#last.get(name);
		// Asked twice within an instant, e.g. for two parameters of one Get: the same answer.
		if (before !== undefined && now - before.atUs < 200_000) return before.percent;
		const share = before === undefined ? 0 : (busyUs - before.busyUs) / (now - before.atUs);
		const percent = Math.min(100, Math.max(0, Math.round(share * 100)));
		this.#last.set(name, { atUs: now, busyUs, percent });
		return percent;
	}
}
