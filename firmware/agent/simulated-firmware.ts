/** The double of `FirmwareManager`: two slots, of which `a` runs until the test has the box restart. */
import { CodedError } from '../../runtime/error.ts';
import type { FirmwareManager, FirmwareStatus } from './ports.ts';

export class SimulatedFirmware implements FirmwareManager {
	readonly calls: string[] = [];
	/** What a download or an activation ends with; by default it ends well. */
	failure: CodedError | undefined;
	isBusy = false;
	#running = 'a';
	#next = 'a';
	#versions = new Map([['a', '1.0.0']]);

	async list(): Promise<readonly FirmwareStatus[]> {
		return ['a', 'b'].map((slot) => {
			const version = this.#versions.get(slot) ?? '';
			const isActive = slot === this.#running;
			return {
				slot,
				version,
				status: isActive ? 'active' : version === '' ? 'none' : 'available',
				isAvailable: version !== '',
				isNext: slot === this.#next,
				failure: '',
			};
		});
	}

	async download({ slot, url }: { slot: string; url: string }): Promise<void> {
		this.calls.push(`download ${slot} ${url}`);
		if (this.failure !== undefined) throw this.failure;
		if (slot === this.#running) throw new CodedError('slot-in-use', `slot ${slot} runs`);
		this.#versions.set(slot, url.split('/').at(-1) ?? '');
	}

	async wasTried(slot: string): Promise<boolean> {
		return slot === this.#running;
	}

	async activate({ slot, isResumed }: { slot: string; isResumed: boolean }): Promise<void> {
		this.calls.push(`activate ${slot}${isResumed ? ' resumed' : ''}`);
		if (this.failure !== undefined) throw this.failure;
		this.#next = slot;
		if (slot !== this.#running) await new Promise(() => undefined);
	}

	/** The box comes back with the slot that is next. */
	restart(): void {
		this.#running = this.#next;
	}

	isIdle(): boolean {
		return !this.isBusy;
	}
}
