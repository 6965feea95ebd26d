/**
 * Keeps what is known of the last crashes of every VM, on disk and within bounds.
 *
 * Where the guest was is told in offsets of the module as it was shipped: names and source lines are
 * not on the box, but with whoever built the module.
 */
import type { Clock } from '../../runtime/clock.ts';
import { decodeComponent } from '../../runtime/component/decode.ts';
import { ComponentError } from '../../runtime/component/error.ts';
import { originsOf } from '../../runtime/component/instrument/origins.ts';
import type { Directory } from '../../runtime/directory.ts';
import type { ModuleStore } from '../../runtime/module/store.ts';
import type { Fault } from '../../runtime/vm/conduct.ts';
import type { GuestFrame } from '../../runtime/vm/guest-stack.ts';
import type { VmView } from '../../runtime/vm/supervised.ts';
import type { CrashFrame, CrashReport, CrashSource, Stop } from '../agent/ports.ts';
import { readJson, writeJson } from '../agent/stored-json.ts';

export interface CrashBookOptions {
	readonly directory: Directory;
	readonly clock: Clock;
	readonly store: Pick<ModuleStore, 'unit' | 'get'>;
	/** Called when a report could not be kept. */
	readonly failed: (vm: string, error: Error) => void;
	/** Reports kept of one VM. Default 5. */
	readonly perVm?: number;
	/** VMs of which reports are kept; the one whose last crash is the oldest makes room. Default 64. */
	readonly mostVms?: number;
}

const mostFrames = 64;
const mostLines = 64;
const longestLine = 500;
const longestMessage = 2000;

export class CrashBook implements CrashSource {
	readonly #options: CrashBookOptions;
	readonly #listeners = new Set<(report: CrashReport) => void>();
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: CrashBookOptions) {
		this.#options = options;
	}

	/** Takes down a crash; what is asked for afterwards has it. */
	record(vm: VmView, fault: Fault): void {
		const { store, clock } = this.#options;
		const at = clock.now();
		const unit = store.unit(vm.module);
		// Read at once: an update that goes back removes the bytes of the version that crashed.
		const bytes = unit === undefined ? undefined : store.get(unit.digest).catch(() => undefined);
		this.#last = this.#last
			.then(async () => {
				const stack = framesOf(fault.stack.slice(0, mostFrames), await bytes);
				await this.#keep({
					at,
					vm: vm.name,
					module: vm.module,
					version: unit?.version ?? '',
					digest: unit?.digest ?? '',
					code: fault.code,
					message: fault.message.slice(0, longestMessage),
					budget: fault.budget ?? '',
					stack,
					log: fault.log
						.slice(-mostLines)
						.map(({ level, text }) => ({ level, text: text.slice(0, longestLine) })),
					given: fault.given,
					givenCount: fault.givenCount,
					inboxLength: fault.inboxLength,
					inboxBytes: fault.inboxBytes,
					memoryBytes: fault.memoryBytes,
					turns: fault.turns,
					restarts: vm.restarts,
					budgets: { ...vm.budget },
				});
			})
			.catch((error: Error) => this.#options.failed(vm.name, error));
	}

	/** The latest first. */
	async list(): Promise<readonly CrashReport[]> {
		await this.#last;
		const { directory } = this.#options;
		const files = await Promise.all((await directory.list()).map((file) => this.#read(file)));
		return files.flat().toSorted((a, b) => b.at - a.at);
	}

	onCrash(listener: (report: CrashReport) => void): Stop {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Resolves when everything that was taken down is on the disk. */
	async close(): Promise<void> {
		await this.#last;
	}

	async #keep(crash: Omit<CrashReport, 'id'>): Promise<void> {
		const { directory, perVm = 5, mostVms = 64 } = this.#options;
		const file = `${crash.vm.replaceAll('@', '.')}.json`;
		const before = await this.#read(file);
		const number = Number(before.at(-1)?.id.split(':').at(-1) ?? 0) + 1;
		const report = { ...crash, id: `${crash.vm}:${number}` };
		if (before.length === 0) await this.#makeRoom(mostVms - 1);
		await writeJson(directory, file, [...before, report].slice(-perVm));
		for (const listener of this.#listeners) listener(report);
	}

	async #makeRoom(most: number): Promise<void> {
		const { directory } = this.#options;
		const files = await directory.list();
		if (files.length <= most) return;
		const dated = await Promise.all(
			files.map(async (file) => ({ file, at: (await this.#read(file)).at(-1)?.at ?? 0 })),
		);
		const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, files.length - most);
		for (const { file } of oldest) await directory.remove(file);
	}

	async #read(file: string): Promise<CrashReport[]> {
		const reports = await readJson<CrashReport[]>(this.#options.directory, file);
		return Array.isArray(reports) ? reports : [];
	}
}

/** @param component the module as shipped; without it the stack says functions only */
function framesOf(stack: readonly GuestFrame[], component: Uint8Array | undefined): CrashFrame[] {
	const origins = component && stack.length > 0 ? originsIn(component) : () => [];
	return stack.flatMap(({ function: index, offset, name = '' }) => {
		const found = origins(offset);
		return (found.length === 0 ? [-1] : found).map((at) => ({ function: index, name, offset: at }));
	});
}

/** Of a component that another toolchain has put together no offset is known: its cores lie deeper, and are several. */
function originsIn(component: Uint8Array): (offset: number) => readonly number[] {
	try {
		return originsOf(decodeComponent(component).core);
	} catch (error) {
		if (error instanceof ComponentError) return () => [];
		throw error;
	}
}
