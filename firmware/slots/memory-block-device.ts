/** A block device in memory: the double of `BlockDevice`, which keeps its history and fails when it is told to. */
import type { BlockDevice } from './block-device.ts';
import { BlockDeviceError, requireOnDevice } from './block-device-error.ts';
import { DeviceHistory } from './device-history.ts';

export interface MemoryBlockDeviceOptions {
	readonly size: number;
	/** Its name in the history. */
	readonly name?: string;
	/** Shared by the partitions of one disk. */
	readonly history?: DeviceHistory;
	/** From the start of the device on; zeros follow. */
	readonly content?: Uint8Array;
}

type Operation = 'read' | 'write' | 'sync';

export class MemoryBlockDevice implements BlockDevice {
	readonly name: string;
	readonly history: DeviceHistory;
	/** What a read gives now: synced or not. */
	readonly content: Uint8Array;
	readonly #failures: { operation: Operation; left: number }[] = [];

	constructor({ size, name = 'device', history = new DeviceHistory(), content }: MemoryBlockDeviceOptions) {
		this.name = name;
		this.history = history;
		this.content = new Uint8Array(size);
		if (content !== undefined) this.content.set(content);
		history.begin(name, this.content);
	}

	get size(): number {
		return this.content.length;
	}

	/** Lets `count` more such operations happen and fails the next one, once: with EIO, as worn flash does. */
	failAfter(operation: Operation, count: number): void {
		this.#failures.push({ operation, left: count });
	}

	async read(at: number, into: Uint8Array): Promise<void> {
		requireOnDevice({ size: this.size, at, length: into.length });
		this.#mayFail('read');
		into.set(this.content.subarray(at, at + into.length));
	}

	async write(at: number, bytes: Uint8Array): Promise<void> {
		requireOnDevice({ size: this.size, at, length: bytes.length });
		try {
			this.#mayFail('write');
		} catch (error) {
			// Half of it may have come.
			this.#put(at, bytes.subarray(0, bytes.length >> 1));
			throw error;
		}
		this.#put(at, bytes);
	}

	async sync(): Promise<void> {
		this.#mayFail('sync');
		this.history.events.push({ kind: 'sync', device: this.name });
	}

	#put(at: number, bytes: Uint8Array): void {
		this.content.set(bytes, at);
		this.history.events.push({ kind: 'write', device: this.name, at, bytes: bytes.slice() });
	}

	#mayFail(operation: Operation): void {
		for (const failure of this.#failures) {
			if (failure.operation !== operation || failure.left-- > 0) continue;
			this.#failures.splice(this.#failures.indexOf(failure), 1);
			const cause = Object.assign(new Error(`EIO: i/o error, ${operation}`), { code: 'EIO' });
			throw new BlockDeviceError('device-failed', `the device answered EIO to a ${operation}`, { cause });
		}
	}
}
