/** A data partition in the states that power cuts leave it in: each is mounted, and a platform opened on it. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactoryFirmware } from '../../../../firmware/factory/factory-modules.ts';
import { tool } from '../../../../firmware/image/tool.ts';
import type { Probe } from '../../../../modules/probe/testbed.ts';
import { codeOf } from '../../../../runtime/error.ts';
import { CrashDisk, type DiskPart } from '../../board/crash-disk.ts';
import type { CrashState } from '../../board/crash-states.ts';
import { faultIn } from './expected-data.ts';
import { type KeptData, openKeptData } from './kept-data.ts';
import { targetsKnown } from './kept-trust.ts';
import { mountData } from './mounted-data.ts';
import type { Fact } from './work.ts';

export interface CutDataOptions {
	/** The whole disk before the log began. */
	readonly base: FileHandle;
	readonly baseFile: string;
	/** Where the partition is on it. */
	readonly range: DiskPart;
	/** For files. */
	readonly folder: string;
	readonly probe: Probe;
	/** What the box runs, where it carries modules. */
	readonly firmware: FactoryFirmware;
	/** Metadata of the repository that the box trusts. */
	readonly rootJson: Uint8Array;
}

interface Found {
	readonly kept: KeptData;
	readonly targets: number;
}

export class CutData implements AsyncDisposable {
	readonly #options: CutDataOptions;
	readonly #file: string;
	readonly #copy: FileHandle;
	readonly #disk: CrashDisk;
	/** What a platform made of the files, by their digest. */
	readonly #known = new Map<string, Found>();
	#mended = 0;

	private constructor(options: CutDataOptions, { file, copy }: { file: string; copy: FileHandle }) {
		this.#options = options;
		this.#file = file;
		this.#copy = copy;
		this.#disk = new CrashDisk({ ...options, copy });
	}

	static async open(options: CutDataOptions): Promise<CutData> {
		const { baseFile, folder, range } = options;
		const file = join(folder, 'partition.img');
		// Holes are what makes a copy of each state cheap.
		const part = [`skip=${range.offset}`, `count=${range.length}`, 'iflag=skip_bytes,count_bytes', 'bs=1M'];
		await tool('dd', [`if=${baseFile}`, `of=${file}`, ...part, 'conv=sparse', 'status=none']);
		return new CutData(options, { file, copy: await open(file, 'r+') });
	}

	/** Different contents that a platform was opened on. */
	get contents(): number {
		return this.#known.size;
	}

	/** States of which the superblock was torn, and mended. */
	get mended(): number {
		return this.#mended;
	}

	/** @param facts what was known when the power went @returns what is wrong; undefined where all is as it must be */
	async faultIn(state: CrashState, facts: readonly Fact[]): Promise<string | undefined> {
		try {
			await this.#disk.become(state);
			const { files, digest, damage, isMended } = await mountData(this.#file, this.#options.folder);
			if (isMended) this.#mended++;
			if (damage.length > 0) return damage.join('; ');
			const found = this.#known.get(digest) ?? (await this.#lookInto(files));
			this.#known.set(digest, found);
			const hasInstalled = facts.some((fact) => fact.kind === 'reached' && fact.version !== '');
			if (hasInstalled && found.targets === 0) return 'nothing is known of the repository any more';
			return faultIn(found.kept, facts);
		} catch (error) {
			return `${codeOf(error)}: ${error instanceof Error ? error.message : error}`;
		}
	}

	async #lookInto(files: string): Promise<Found> {
		const { probe, firmware, rootJson } = this.#options;
		const targets = await targetsKnown(files, rootJson);
		return { targets, kept: await openKeptData(files, { probe, firmware }) };
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#copy.close();
	}
}
