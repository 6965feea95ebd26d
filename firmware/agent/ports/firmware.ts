/** The firmware of the box, in its slots. */

/** A place for firmware, of which one runs (TR-181: FirmwareImage). */
export interface FirmwareStatus {
	readonly slot: string;
	/** Empty where nobody knows. */
	readonly version: string;
	readonly status:
		| 'none'
		| 'active'
		| 'downloading'
		| 'available'
		| 'download-failed'
		| 'validation-failed'
		| 'installation-failed'
		| 'activation-failed';
	/** Whether it may be activated. */
	readonly isAvailable: boolean;
	/** Whether the next boot starts it. */
	readonly isNext: boolean;
	/** Whether it runs and was not found good yet. */
	readonly isOnTrial: boolean;
	/** Why it was tried and given back, or empty. */
	readonly failure: string;
}

/** Brings firmware to the box and has it tried. Errors carry a code, as those of `ModuleManager`. */
export interface FirmwareManager {
	/** Always the same slots in the same order. */
	list(): Promise<readonly FirmwareStatus[]>;
	/** Writes a release into a slot that does not run. Called again it goes on where it broke off. */
	download(request: { slot: string; url: string; signal: AbortSignal }): Promise<void>;
	/** Whether the slot was tried since something was last written into it. */
	wasTried(slot: string): Promise<boolean>;
	/**
	 * Restarts the box into a slot. Resolves, in the life of the box after that, once its firmware was found
	 * good; fails in that of the old firmware if it was given back.
	 *
	 * @param isResumed whether this was asked for before a restart
	 */
	activate(request: { slot: string; isResumed: boolean; signal: AbortSignal }): Promise<void>;
	/**
	 * Says which slot the next boot tries: one with what may be activated, or the one that runs, which takes
	 * back what was said before.
	 */
	setNext(request: { slot: string }): Promise<void>;
	/** Has the box start anew; it may return before it does. */
	restart(): Promise<void>;
	/** Whether a restart would disturb nobody. */
	isIdle(): boolean;
	/**
	 * Asks whoever is at home whether the firmware in a slot may be activated. `unanswered` once time is over.
	 *
	 * @param text what the operator wants to be shown
	 * @param until microseconds since the epoch
	 */
	ask(request: {
		slot: string;
		text: string;
		until: number;
		signal: AbortSignal;
	}): Promise<'agreed' | 'refused' | 'unanswered'>;
}
