/** A command line on the serial console: of a boot loader or of a system. */
import type { SerialConsole } from './board.ts';

export interface ShellOptions {
	/** What it says when it takes a command, without a newline: `=> `. */
	readonly prompt: string;
	/** What must never be said. Default: nothing. */
	readonly unless?: string | RegExp;
}

export class ConsoleShell {
	readonly #serial: SerialConsole;
	readonly #options: ShellOptions;

	constructor(serial: SerialConsole, options: ShellOptions) {
		this.#serial = serial;
		this.#options = options;
	}

	/** Runs one command, which the shell echoes, and gives what it said, without its last newline. */
	async run(command: string, signal?: AbortSignal): Promise<string> {
		const { prompt, unless } = this.#options;
		const options = { ...(unless !== undefined && { unless }), ...(signal && { signal }) };
		this.#serial.write(`${command}\n`);
		await this.#serial.expect(`${command}\r\n`, options);
		// A command that says nothing leaves the prompt at once; otherwise its newline is before it.
		const { before } = await this.#serial.expect(prompt, options);
		return before.replaceAll('\r', '').replace(/\n$/, '');
	}
}

/** Stops U-Boot before it starts anything, and gives its command line. The box is switched on or reset by the caller. */
export async function stopAtUBoot(serial: SerialConsole): Promise<ConsoleShell> {
	await serial.expect('Hit any key to stop autoboot');
	serial.write('\x03');
	await serial.expect('\n=> ');
	return new ConsoleShell(serial, { prompt: '=> ' });
}
