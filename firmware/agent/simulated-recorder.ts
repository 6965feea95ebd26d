/** The double of `VmRecorder`: every recording is the same bytes, given out a few at a time. */
import { CodedError } from '../../runtime/error.ts';
import type { VmRecorder } from './ports.ts';

export class SimulatedRecorder implements VmRecorder {
	/** What every recording holds. */
	bytes: Uint8Array = new Uint8Array();
	readonly calls: string[] = [];
	/** Called each time somebody has read all there is. */
	whenReadThrough: () => void = () => undefined;
	#last = 0;
	#isStopped = false;

	async begin({ unit, turns }: { unit: string; turns: number }): Promise<{ recording: number }> {
		this.calls.push(`record ${unit} ${turns}`);
		this.#isStopped = turns > 0;
		return { recording: ++this.#last };
	}

	read({ recording, offset }: { recording: number; offset: number }) {
		if (recording !== this.#last || offset > this.bytes.length)
			throw new CodedError('unknown-recording', `there is no recording ${recording}`);
		const bytes = this.bytes.slice(offset, offset + 100);
		const isAll = offset + bytes.length === this.bytes.length;
		if (isAll) this.whenReadThrough();
		return { bytes, turns: 1, ended: isAll && this.#isStopped ? 'asked for' : '' };
	}

	stop({ recording }: { recording: number }): void {
		this.calls.push(`stop ${recording}`);
		this.#isStopped = true;
	}
}
