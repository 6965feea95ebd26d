/** One VM as its supervisor knows it: what it is made of, where it stands, and what others see of that. */
import type { LinkedVm } from '../capability/link-vm.ts';
import type { Timer } from '../clock.ts';
import type { PreparedComponent } from '../component/prepare.ts';
import type { Budget, Priority } from '../module/manifest.ts';
import type { RecordingOrder, VmId, VmSpec } from './cell-protocol.ts';
import { Conduct, type ConductView } from './conduct.ts';
import type { VmState } from './lifecycle.ts';
import { type RestartOptions, RestartPolicy } from './restart-policy.ts';

export interface VmPlan {
	/** Unique on the box: the module's name, with `@baseband` behind it where it is bound to one. */
	readonly name: string;
	readonly component: PreparedComponent;
	/** Empty when bound to no network. */
	readonly baseband: string;
}

export interface VmView extends ConductView {
	readonly id: VmId;
	readonly name: string;
	readonly module: string;
	readonly cell: string;
	readonly baseband: string;
	readonly state: VmState;
	/** Why it is in this state. */
	readonly reason: string;
	readonly restarts: number;
	/** Microseconds since the epoch; 0 before its first start. */
	readonly startedAtUs: number;
	readonly startTookUs: number;
	readonly priority: Priority;
	readonly budget: Budget;
}

/** How the next start of a VM is recorded. */
export interface RecordedStart {
	readonly order: RecordingOrder;
	/** Told what the VM is made of, before its first turn. */
	readonly begins: (vm: VmId, spec: VmSpec) => void;
}

export interface Supervised {
	readonly id: VmId;
	plan: VmPlan;
	state: VmState;
	reason: string;
	restarts: number;
	startedAtUs: number;
	startTookUs: number;
	readonly conduct: Conduct;
	/** Where it was moved to; undefined for where it belongs. */
	cell: string | undefined;
	linked: LinkedVm | undefined;
	/** The cell where its place is kept for another version; undefined where it is not. */
	vacantIn: string | undefined;
	/** For the next start only. */
	recorded: RecordedStart | undefined;
	/** How often it was launched; an attempt that is not the last one has been overtaken. */
	launches: number;
	/** The end of the linking that is under way, if any is. */
	linking: Promise<void> | undefined;
	retry: Timer | undefined;
	/** Its cell was told last that it may not run for now. */
	standsStill: boolean;
	readonly policy: RestartPolicy;
	whenStopped: readonly (() => void)[];
	whenSettled: readonly ((view: VmView) => void)[];
}

/** Who waits for most VMs at most times. */
export const nobody: readonly never[] = [];

/** One that has never been started. */
export function installedVm(id: VmId, plan: VmPlan, restart: RestartOptions | undefined): Supervised {
	return {
		id,
		plan,
		state: 'installed',
		reason: 'installed',
		restarts: 0,
		startedAtUs: 0,
		startTookUs: 0,
		conduct: new Conduct(),
		cell: undefined,
		vacantIn: undefined,
		linked: undefined,
		recorded: undefined,
		launches: 0,
		linking: undefined,
		retry: undefined,
		standsStill: false,
		policy: new RestartPolicy(restart),
		whenStopped: nobody,
		whenSettled: nobody,
	};
}

export function viewOf(
	{ id, plan, state, reason, restarts, startedAtUs, startTookUs, conduct }: Supervised,
	cell: string,
): VmView {
	const { manifest } = plan.component;
	return {
		id,
		name: plan.name,
		module: manifest.name,
		cell,
		baseband: plan.baseband,
		state,
		reason,
		restarts,
		startedAtUs,
		startTookUs,
		priority: manifest.priority,
		budget: manifest.budget,
		...conduct.view(),
	};
}
