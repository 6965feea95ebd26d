/** Switches a network of a box on and off: the path behind it, and what the box's driver says of it. */
import { rename, writeFile } from 'node:fs/promises';

export interface RadioOptions {
	/** The file that the driver of the box keeps: `firmware/hal/radio-files.ts`. */
	readonly file: string;
	readonly signalDbm: number;
	/** Opens or closes the path that the network leads over. */
	readonly switchPath: (isUp: boolean) => Promise<void>;
}

export class Radio {
	readonly #options: RadioOptions;

	constructor(options: RadioOptions) {
		this.#options = options;
	}

	async up(): Promise<void> {
		await this.#options.switchPath(true);
		await this.#tell({ isUp: true, signalDbm: this.#options.signalDbm });
	}

	/** The path goes first, as it does when somebody walks out of the door. */
	async down(): Promise<void> {
		await this.#options.switchPath(false);
		await this.#tell({ isUp: false });
	}

	async #tell(state: { isUp: boolean; signalDbm?: number }): Promise<void> {
		const { file } = this.#options;
		await writeFile(`${file}.new`, JSON.stringify(state));
		await rename(`${file}.new`, file);
	}
}
