/** Switches a network of a box on and off, at both of its ends: the radio of the box and the path behind it. */
import { rename, writeFile } from 'node:fs/promises';
import type { ContentNetwork } from '../headend/content/network.ts';

export interface RadioOptions {
	/** The file that the box's driver reads: `firmware/hal/radio-files.ts`. */
	readonly file: string;
	readonly path: ContentNetwork;
	readonly signalDbm: number;
}

export class Radio {
	readonly #options: RadioOptions;

	constructor(options: RadioOptions) {
		this.#options = options;
	}

	async up(): Promise<void> {
		await this.#options.path.set({ isUp: true });
		await this.#tell({ isUp: true, signalDbm: this.#options.signalDbm });
	}

	/** The path goes first, as it does when somebody walks out of the door. */
	async down(): Promise<void> {
		await this.#options.path.set({ isUp: false, outage: 'reset' });
		await this.#tell({ isUp: false });
	}

	async #tell(state: { isUp: boolean; signalDbm?: number }): Promise<void> {
		const { file } = this.#options;
		await writeFile(`${file}.new`, JSON.stringify(state));
		await rename(`${file}.new`, file);
	}
}
