/** What every VM of a box does, and how much of it a second, from two looks at its data model. */
import type { Controller } from '../controller/controller.ts';

export interface VmLoad {
	readonly vm: string;
	readonly class: string;
	readonly cell: string;
	readonly state: string;
	readonly reason: string;
	readonly memoryKib: number;
	readonly memoryLimitKib: number;
	readonly inboxLength: number;
	readonly inboxBytes: number;
	readonly turns: number;
	readonly events: number;
	readonly busyUs: number;
	/** Of the last 5 to 10 seconds, microseconds. */
	readonly turnP50Us: number;
	readonly turnP99Us: number;
	readonly turnMaxUs: number;
	readonly dropped: number;
	readonly setAside: number;
	readonly late: number;
	readonly restarts: number;
	/** By code. */
	readonly faults: Readonly<Record<string, number>>;
	/** Budgets that it has exceeded, the latest first. */
	readonly exceeded: readonly string[];
}

export interface VmRates extends VmLoad {
	/** Of one core. */
	readonly cpuPercent: number;
	readonly turnsPerSecond: number;
}

export interface VmSample {
	readonly atMs: number;
	readonly vms: ReadonlyMap<string, { readonly load: VmLoad; readonly countedAtUs: number }>;
}

const path = 'Device.SoftwareModules.ExecutionUnit.';

export async function readVmLoads(box: Controller): Promise<VmSample> {
	const rows = Object.values(await box.get([path])).filter(({ EUID }) => EUID !== undefined);
	const vms = rows.map((row) => {
		const number = (name: string): number => Number(row[name] ?? 0);
		const load: VmLoad = {
			vm: row['EUID'] ?? '',
			class: row['X_MULLION_Class'] ?? '',
			cell: row['X_MULLION_Cell'] ?? '',
			state: row['X_MULLION_State'] ?? '',
			reason: row['X_MULLION_Reason'] ?? '',
			memoryKib: number('MemoryInUse'),
			memoryLimitKib: number('AllocatedMemory'),
			inboxLength: number('X_MULLION_InboxLength'),
			inboxBytes: number('X_MULLION_InboxBytes'),
			turns: number('X_MULLION_Turns'),
			events: number('X_MULLION_Events'),
			busyUs: number('X_MULLION_BusyUs'),
			turnP50Us: number('X_MULLION_TurnP50Us'),
			turnP99Us: number('X_MULLION_TurnP99Us'),
			turnMaxUs: number('X_MULLION_TurnMaxUs'),
			dropped: number('X_MULLION_Dropped'),
			setAside: number('X_MULLION_SetAside'),
			late: number('X_MULLION_Late'),
			restarts: number('X_MULLION_Restarts'),
			faults: JSON.parse(row['X_MULLION_Faults'] ?? '{}') as Record<string, number>,
			exceeded: (JSON.parse(row['X_MULLION_Overruns'] ?? '[]') as { Budget: string }[]).map(
				({ Budget }) => Budget,
			),
		};
		return [load.vm, { load, countedAtUs: number('X_MULLION_CountedAt') }] as const;
	});
	return { atMs: Date.now(), vms: new Map(vms) };
}

/** What is new since `before`, or has begun to count from nothing, has the rate of what it has done since. */
export function withRates(before: VmSample, now: VmSample): VmRates[] {
	return [...now.vms.values()].map(({ load, countedAtUs }) => {
		const last = before.vms.get(load.vm);
		const tookUs = last === undefined ? 0 : countedAtUs - last.countedAtUs;
		const rate = (of: 'busyUs' | 'turns'): number => {
			if (last === undefined || tookUs <= 0) return 0;
			const isAnew = load[of] < last.load[of];
			return (load[of] - (isAnew ? 0 : last.load[of])) / tookUs;
		};
		return {
			...load,
			cpuPercent: Math.round(Math.min(100, rate('busyUs') * 100) * 10) / 10,
			turnsPerSecond: Math.round(rate('turns') * 1_000_000),
		};
	});
}
