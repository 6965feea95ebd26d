/** Numbers of VMs that outlive the box's restart: guests have seen them, and kept messages carry them. */
import type { Directory } from '../directory.ts';
import type { VmId } from './cell-protocol.ts';

const file = 'numbers.json';

export class VmNumbers {
	readonly #directory: Directory;
	readonly #numbers: Map<string, VmId>;
	#writing: Promise<void> = Promise.resolve();

	/** A file that cannot be read is as one that is not there. Errors: `io`. */
	static async open(directory: Directory): Promise<VmNumbers> {
		return new VmNumbers(directory, parse(await directory.read(file)));
	}

	private constructor(directory: Directory, numbers: Map<string, VmId>) {
		this.#directory = directory;
		this.#numbers = numbers;
	}

	/** The number of the VM of this name, for ever; nobody may see it before `settled` has resolved. */
	of(name: string): VmId {
		const known = this.#numbers.get(name);
		if (known !== undefined) return known;
		const number = Math.max(0, ...this.#numbers.values()) + 1;
		this.#numbers.set(name, number);
		const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(this.#numbers)));
		this.#writing = this.#writing.catch(() => undefined).then(() => this.#directory.write(file, bytes));
		// Whoever waits is told; nobody has to.
		this.#writing.catch(() => undefined);
		return number;
	}

	/** Every number so far is durable. Errors: `disk-full`, `io`. */
	settled(): Promise<void> {
		return this.#writing;
	}
}

function parse(bytes: Uint8Array | undefined): Map<string, VmId> {
	if (bytes === undefined) return new Map();
	try {
		const entries = Object.entries(JSON.parse(new TextDecoder().decode(bytes)) as object);
		return new Map(entries.filter(([, number]) => Number.isInteger(number) && number > 0));
	} catch {
		return new Map();
	}
}
