/** Tells one VM of its recordings: what is newest of each, one report at a time, until it has taken it. */
import { type Recording, type Refusal, Report, State } from '../../../proto/host/bus/recordings.ts';
import type { Hub } from '../../bus/hub.ts';
import type { Clock } from '../../clock.ts';
import type { VmId } from '../../vm/cell-protocol.ts';
import type { KeptRecording } from './kept-recording.ts';
import type { Shelf } from './shelf.ts';

export interface ReporterOptions {
	readonly clock: Clock;
	readonly hub: Pick<Hub, 'request'>;
	readonly vm: VmId;
	readonly shelf: Shelf;
}

/** How long a VM has for a report: one that is suspended has it when it goes on. */
const deadlineMs = 600_000;
const pauseMs = 1000;
/** In one report. With the longest notes it fits into the smallest usual inbox. */
const mostRecordings = 16;
/** That wait; the oldest go first. */
const mostRefusals = 64;
/** Of what a module has called a recording, and of why it cannot be. */
const mostLetters = 200;

export class Reporter {
	readonly #options: ReporterOptions;
	readonly #due = new Set<string>();
	#refusals: Refusal[] = [];
	#isListing = false;
	#isTelling = false;
	#isClosed = false;

	constructor(options: ReporterOptions) {
		this.#options = options;
	}

	changed(name: string): void {
		this.#due.add(name);
		void this.#tell();
	}

	all(): void {
		for (const { name } of this.#options.shelf.list()) this.#due.add(name);
		this.#isListing = true;
		void this.#tell();
	}

	refused({ name, code, why }: Omit<Refusal, 'bytes'>): void {
		const bytes = this.#find(name)?.takenBytes ?? 0;
		const refusal = { name: name.slice(0, mostLetters), code, why: why.slice(0, mostLetters), bytes };
		this.#refusals = [...this.#refusals, refusal].slice(-mostRefusals);
		void this.#tell();
	}

	close(): void {
		this.#isClosed = true;
	}

	async #tell(): Promise<void> {
		if (this.#isTelling) return;
		this.#isTelling = true;
		while (!this.#isClosed && (this.#due.size > 0 || this.#refusals.length > 0 || this.#isListing))
			await this.#tellOnce();
		this.#isTelling = false;
	}

	async #tellOnce(): Promise<void> {
		const { clock, hub, vm } = this.#options;
		const names = [...this.#due].slice(0, mostRecordings);
		const refusals = this.#refusals.splice(0);
		for (const name of names) this.#due.delete(name);
		const listed = this.#isListing && this.#due.size === 0;
		if (listed) this.#isListing = false;
		const payload = Report.encode({
			recordings: names.map((name) => this.#stateOf(name)),
			refusals,
			listed,
		});
		try {
			await hub.request({ vm, topic: 'recordings.report', payload, deadlineMs });
		} catch {
			for (const name of names) this.#due.add(name);
			this.#refusals.unshift(...refusals);
			this.#isListing ||= listed;
			await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
		}
	}

	#find(name: string): KeptRecording | undefined {
		return this.#options.shelf.list().find((recording) => recording.name === name);
	}

	#stateOf(name: string): Recording {
		const recording = this.#find(name);
		const { note = new Uint8Array(), bytes = 0, end } = recording ?? {};
		return {
			name,
			note,
			bytes,
			state:
				recording === undefined
					? State.STATE_DELETED
					: end === undefined
						? State.STATE_OPEN
						: State.STATE_ENDED,
			code: end?.code ?? '',
			sha256: Uint8Array.fromHex(end?.sha256 ?? ''),
			endedAtUs: end?.atUs ?? 0,
		};
	}
}
