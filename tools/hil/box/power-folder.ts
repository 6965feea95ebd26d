/** A mains supply and a battery as a kernel shows them in its folders. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export class PowerFolder {
	/** As `/sys/class/power_supply`. */
	readonly folder: string;

	private constructor(folder: string) {
		this.folder = folder;
	}

	/** With mains, and a battery that is full. */
	static async make(folder: string): Promise<PowerFolder> {
		const power = new PowerFolder(folder);
		await power.#write('ac/type', 'Mains');
		await power.#write('battery/type', 'Battery');
		await power.setBattery({ percent: 100 });
		await power.setMains(true);
		return power;
	}

	setMains(isThere: boolean): Promise<void> {
		return this.#write('ac/online', isThere ? '1' : '0');
	}

	async setBattery({ percent, secondsLeft }: { percent: number; secondsLeft?: number }): Promise<void> {
		await this.#write('battery/time_to_empty_now', secondsLeft === undefined ? '' : `${secondsLeft}`);
		await this.#write('battery/capacity', `${percent}`);
	}

	/** Whole or not at all, as a kernel answers. */
	async #write(file: string, text: string): Promise<void> {
		const path = join(this.folder, file);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(`${path}.new`, `${text}\n`);
		await rename(`${path}.new`, path);
	}
}
