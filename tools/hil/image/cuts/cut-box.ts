/** A box whose power is cut again and again, and whose disk then loses what it had not flushed. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board, BoardImage } from '../../board/board.ts';
import { CrashDisk } from '../../board/crash-disk.ts';
import { lastCrashState } from '../../board/crash-states.ts';
import { WriteLog } from '../../board/write-log.ts';
import type { Random } from '../../link/random.ts';

export interface CutBoxOptions {
	/** It needs `power`, `flash` and `write-log`. */
	readonly box: Board;
	/** Its disk is changed. */
	readonly image: BoardImage & { readonly disk: string };
	/** For the record of writes. */
	readonly folder: string;
	readonly random: Random;
}

export class CutBox {
	readonly #options: CutBoxOptions;
	readonly #log: string;
	/** Writes that were lost in all cuts together. */
	losses = 0;
	cuts = 0;

	constructor(options: CutBoxOptions) {
		this.#options = options;
		this.#log = join(options.folder, 'life.log');
	}

	async on(): Promise<void> {
		const { box, image } = this.#options;
		await box.flash(image);
		await box.storage.record(this.#log);
		await box.power.on();
	}

	/**
	 * Of what was written since the last flush each write is there afterwards, lost, or there in part. A killed
	 * emulator alone would lose nothing: its writes are in this machine's cache.
	 */
	async cut(): Promise<void> {
		const { box, image, random } = this.#options;
		await box.power.cut();
		await using log = await WriteLog.open(this.#log, { isCut: true });
		const state = await lastCrashState({ log, random });
		await using disk = await open(image.disk, 'r+');
		await new CrashDisk({ copy: disk, base: disk }).become(state);
		this.losses += state.losses;
		this.cuts++;
	}
}
