/** Single keys of the person at the keyboard, where there is one. */

export interface Keyboard {
	readonly isTTY?: boolean | undefined;
	setRawMode?(isRaw: boolean): unknown;
	on(event: 'data', listener: (data: Buffer) => void): unknown;
	off(event: 'data', listener: (data: Buffer) => void): unknown;
	resume(): unknown;
	pause(): unknown;
}

export class Keys implements Disposable {
	readonly #keyboard: Keyboard;
	readonly #listen: (data: Buffer) => void;

	/** @param pressed gets one character; Ctrl-C is one too, `\u0003` */
	constructor(keyboard: Keyboard, pressed: (key: string) => void) {
		this.#keyboard = keyboard;
		this.#listen = (data) => {
			for (const key of data.toString('utf8')) pressed(key);
		};
		if (keyboard.isTTY !== true) return;
		keyboard.setRawMode?.(true);
		keyboard.on('data', this.#listen);
		keyboard.resume();
	}

	[Symbol.dispose](): void {
		if (this.#keyboard.isTTY !== true) return;
		this.#keyboard.off('data', this.#listen);
		this.#keyboard.setRawMode?.(false);
		this.#keyboard.pause();
	}
}
