/** The box's partitions: `BlockDevice` on a device node of the kernel, or on a file. */
import { constants, type FileHandle, open, readFile } from 'node:fs/promises';
import type { BlockDevice } from '../slots/block-device.ts';
import { BlockDeviceError, requireOnDevice } from '../slots/block-device-error.ts';

const pageBytes = 4096;
const pieceBytes = 1_048_576;

export class BlockDeviceFile implements BlockDevice, AsyncDisposable {
	readonly size: number;
	readonly #path: string;
	readonly #file: FileHandle;
	/**
	 * Past the kernel's cache. What is read through that only says what was meant to be written. And what is written
	 * through it is a page of 4 KiB after the other to the kernel, each to be found, dirtied and led out by itself: for
	 * a whole image that costs a box several times the work of the writes, and the memory of all that waits.
	 */
	readonly #medium: FileHandle | undefined;
	/** What the medium reads into and writes from: it wants whole pages. Memory of WebAssembly begins with one. */
	#piece: Uint8Array<ArrayBuffer> | undefined;
	#lastUse: Promise<unknown> = Promise.resolve();

	private constructor(parts: {
		path: string;
		size: number;
		file: FileHandle;
		medium: FileHandle | undefined;
	}) {
		this.#path = parts.path;
		this.size = parts.size;
		this.#file = parts.file;
		this.#medium = parts.medium;
	}

	/**
	 * It must be there: a device is not made by opening it. Errors: `no-device`.
	 *
	 * @param isReadOnly for what must not be written by any mistake, or is in use by the kernel
	 */
	static async open(path: string, { isReadOnly = false } = {}): Promise<BlockDeviceFile> {
		let file: FileHandle | undefined;
		try {
			const access = isReadOnly ? constants.O_RDONLY : constants.O_RDWR;
			file = await open(path, access);
			// A device node has no size of its own.
			const { size: ownSize, rdev } = await file.stat();
			const size = ownSize > 0 ? ownSize : ((await sizeOfDevice(rdev)) ?? (await endOf(file)));
			// Some file systems in memory have nothing behind their cache.
			const medium = await open(path, access | constants.O_DIRECT).catch(() => undefined);
			return new BlockDeviceFile({ path, size, file, medium });
		} catch (cause) {
			await file?.close();
			throw new BlockDeviceError('no-device', `${path}: ${reasonOf(cause)}`, { cause });
		}
	}

	read(at: number, into: Uint8Array): Promise<void> {
		return this.#alone(() => this.#read(at, into));
	}

	write(at: number, bytes: Uint8Array): Promise<void> {
		return this.#alone(() => this.#write(at, bytes));
	}

	async sync(): Promise<void> {
		await this.#onDevice(() => this.#file.datasync());
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#file.close();
		await this.#medium?.close();
	}

	/** One piece of memory serves all reads and writes. */
	#alone(use: () => Promise<void>): Promise<void> {
		const used = this.#lastUse.then(use);
		this.#lastUse = used.catch(() => undefined);
		return used;
	}

	get #pages(): Uint8Array {
		this.#piece ??= new Uint8Array(new WebAssembly.Memory({ initial: pieceBytes >> 16 }).buffer);
		return this.#piece;
	}

	async #read(at: number, into: Uint8Array): Promise<void> {
		requireOnDevice({ size: this.size, at, length: into.length });
		const pages = this.#pages;
		for (let done = 0; done < into.length; ) {
			const from = at + done;
			const start = from - (from % pageBytes);
			const end = Math.min(at + into.length, start + pieceBytes);
			const length = Math.ceil((end - start) / pageBytes) * pageBytes;
			const { bytesRead } = await this.#onMedium((file) => file.read(pages, 0, length, start));
			const got = pages.subarray(from - start, Math.min(end - start, bytesRead));
			if (got.length === 0) throw new BlockDeviceError('device-failed', `${this.#path}: ends at ${from}`);
			into.set(got, done);
			done += got.length;
		}
	}

	async #write(at: number, bytes: Uint8Array): Promise<void> {
		requireOnDevice({ size: this.size, at, length: bytes.length });
		for (let done = 0; done < bytes.length; ) {
			const rest = bytes.subarray(done);
			const inPages = (at + done) % pageBytes === 0 ? rest.length - (rest.length % pageBytes) : 0;
			done +=
				inPages > 0
					? await this.#writePages(at + done, rest.subarray(0, inPages))
					: await this.#writeRest(at + done, rest);
		}
	}

	/** Of as many as fit into the piece. */
	async #writePages(at: number, bytes: Uint8Array): Promise<number> {
		const pages = this.#pages.subarray(0, Math.min(bytes.length, pieceBytes));
		pages.set(bytes.subarray(0, pages.length));
		return (await this.#onMedium((file) => file.write(pages, 0, pages.length, at))).bytesWritten;
	}

	/** What is no whole page: the kernel has to bring what is beside it together with it. */
	async #writeRest(at: number, bytes: Uint8Array): Promise<number> {
		return (await this.#onDevice(() => this.#file.write(bytes, 0, bytes.length, at))).bytesWritten;
	}

	#onMedium<Result>(use: (file: FileHandle) => Promise<Result>): Promise<Result> {
		const file = this.#medium ?? this.#file;
		return this.#onDevice(async () => {
			try {
				return await use(file);
			} catch (error) {
				// A file system may take the flag and refuse what is done with it.
				if (file === this.#file || (error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
				return use(this.#file);
			}
		});
	}

	async #onDevice<Result>(step: () => Promise<Result>): Promise<Result> {
		try {
			return await step();
		} catch (cause) {
			throw new BlockDeviceError('device-failed', `${this.#path}: ${reasonOf(cause)}`, { cause });
		}
	}
}

/** As the kernel says it, in sectors, where its own files are mounted. */
async function sizeOfDevice(rdev: number): Promise<number | undefined> {
	// As Linux packs both numbers for programs.
	const major = (rdev >> 8) & 0xfff;
	const minor = (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
	const text = await readFile(`/sys/dev/block/${major}:${minor}/size`, 'utf8').catch(() => '');
	return /^[1-9]\d{0,12}\n$/.test(text) ? Number(text) * 512 : undefined;
}

/** By trying: reading past the end gives nothing. */
async function endOf(file: FileHandle): Promise<number> {
	const one = new Uint8Array(1);
	const isThere = async (at: number): Promise<boolean> => (await file.read(one, 0, 1, at)).bytesRead === 1;
	if (!(await isThere(0))) return 0;
	let there = 0;
	let gone = 1;
	while (await isThere(gone)) {
		there = gone;
		gone *= 2;
	}
	while (gone - there > 1) {
		const middle = there + Math.floor((gone - there) / 2);
		if (await isThere(middle)) there = middle;
		else gone = middle;
	}
	return gone;
}

function reasonOf(error: unknown): string {
	return (error as NodeJS.ErrnoException).code ?? String(error);
}
