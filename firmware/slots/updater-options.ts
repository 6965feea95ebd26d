/** What an updater needs of its box, and what it tells. */
import type { Clock } from '../../runtime/clock.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { BlockDevice } from './block-device.ts';
import type { SlotName } from './boot-state.ts';
import type { BootStateError } from './boot-state-error.ts';
import type { Health } from './health.ts';
import type { HealthWindow } from './health-window.ts';
import type { SlotDevices } from './release-writer.ts';
import type { FailedTry, SlotRecord } from './slot-records.ts';
import type { UpdateState } from './update-machine.ts';

export interface UpdaterOptions {
	readonly board: string;
	/** What runs, as its image and the boot loader's command line say. */
	readonly running: { readonly slot: SlotName; readonly version: string; readonly release: number };
	readonly bootState: BlockDevice;
	readonly slots: Readonly<Record<SlotName, SlotDevices>>;
	/** A folder of its own on the data partition. */
	readonly directory: Directory;
	readonly health: Health;
	readonly clock: Clock;
	/** Has the box restart; it may return before it does. */
	readonly restart: () => Promise<void>;
	/** Frees memory, called for each piece of an image that has passed. */
	readonly reclaim?: () => void;
	/** Starts that a new release gets to be found healthy in; default 3. */
	readonly tries?: number;
	readonly window?: HealthWindow;
}

export interface StartReport {
	readonly state: UpdateState;
	/** `boot-state-lost`: the box does not know any more which slot was good, nor its floor. */
	readonly lost: BootStateError | undefined;
	/** What was tried and given back; told at each start until `reported` was called. */
	readonly failed: FailedTry | undefined;
}

export interface SlotsView {
	readonly running: SlotName;
	/** The slot that the next boot tries first. */
	readonly next: SlotName;
	/** What the box remembers of the slot that does not run. */
	readonly other: Pick<SlotRecord, 'version' | 'release' | 'isReady'> | undefined;
	/** The slot that does not run was found good once, and can be tried again. */
	readonly isOtherGood: boolean;
	readonly failed: FailedTry | undefined;
}
