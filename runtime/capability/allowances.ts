/**
 * What each VM has used of the bytes that it may fetch in a day, through restarts of the box.
 *
 * It is written down when the box stops, five minutes after something was used, and as soon as a VM has used a
 * sixteenth of its day: a power cut forgets no more than that, and the flash bears it.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Directory } from '../directory.ts';
import { ByteAllowance } from './byte-allowance.ts';

const file = 'used.json';
const writeAfterMs = 300_000;
const shareWritten = 1 / 16;

export interface AllowancesOptions {
	/** A folder of its own. */
	readonly directory: Directory;
	readonly clock: Clock;
	/** It could not be written down this time. */
	readonly failed?: (error: Error) => void;
}

export class Allowances {
	readonly #options: AllowancesOptions;
	/** By name: a VM that is started again has used no less. */
	readonly #byVm: Map<string, ByteAllowance>;
	/** Bytes that were used since it was written down. */
	readonly #unwritten = new Map<string, number>();
	#timer: Timer | undefined;
	#writing: Promise<void> = Promise.resolve();

	/** A file that cannot be read is as one that is not there. Errors: `io`. */
	static async open(options: AllowancesOptions): Promise<Allowances> {
		return new Allowances(options, parse(await options.directory.read(file)));
	}

	private constructor(options: AllowancesOptions, byVm: Map<string, ByteAllowance>) {
		this.#options = options;
		this.#byVm = byVm;
	}

	/** So many have passed; false when that was more than there was. */
	take(vm: string, bytesPerDay: number, bytes: number): boolean {
		const isWithin = this.#of(vm, bytesPerDay).take(bytes, this.#options.clock.now());
		if (bytesPerDay === Infinity) return isWithin;
		const unwritten = (this.#unwritten.get(vm) ?? 0) + bytes;
		this.#unwritten.set(vm, unwritten);
		if (unwritten >= bytesPerDay * shareWritten) this.#write();
		else this.#timer ??= this.#options.clock.after(writeAfterMs, () => this.#write());
		return isWithin;
	}

	isSpent(vm: string, bytesPerDay: number): boolean {
		return this.#of(vm, bytesPerDay).isSpent(this.#options.clock.now());
	}

	/** Resolves when all of it is on the disk, or was found not to fit there. */
	close(): Promise<void> {
		if (this.#unwritten.size > 0) this.#write();
		return this.#writing;
	}

	/** With what was used by then, also where another version of its module is granted more or less. */
	#of(vm: string, bytesPerDay: number): ByteAllowance {
		const known = this.#byVm.get(vm);
		if (known?.bytesPerDay === bytesPerDay) return known;
		const now = this.#options.clock.now();
		const allowance = new ByteAllowance(bytesPerDay, now, known?.used(now));
		this.#byVm.set(vm, allowance);
		return allowance;
	}

	#write(): void {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.#unwritten.clear();
		const { directory, clock, failed } = this.#options;
		const atUs = clock.now();
		const entries = [...this.#byVm].map(([vm, of]) => [vm, of.bytesPerDay, of.used(atUs)] as const);
		const used = entries.filter(([, , bytes]) => bytes > 0);
		const json = new TextEncoder().encode(JSON.stringify({ atUs, used }));
		this.#writing = this.#writing.then(() => directory.write(file, json)).catch((error) => failed?.(error));
	}
}

function parse(json: Uint8Array | undefined): Map<string, ByteAllowance> {
	if (json === undefined) return new Map();
	try {
		const { atUs, used } = JSON.parse(new TextDecoder().decode(json));
		const isCount = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;
		if (![atUs, ...used.flatMap(([, ...counts]: unknown[]) => counts)].every(isCount)) return new Map();
		return new Map(
			used.map(([vm, perDay, bytes]: [string, number, number]) => [
				vm,
				new ByteAllowance(perDay, atUs, bytes),
			]),
		);
	} catch {
		return new Map();
	}
}
