/** The device's end of a USB serial adapter: what it says, and the lines that it is told. */
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { UsbSerial } from './board.ts';

export class SerialAdapter implements UsbSerial {
	readonly name: string;
	readonly #lines = new EventEmitter();
	#socket: Socket | undefined;

	constructor(name: string) {
		this.name = name;
	}

	connect(socket: Socket): void {
		this.#socket = socket;
		createInterface(socket)
			.on('line', (line) => this.#lines.emit('line', line))
			.on('error', () => undefined);
	}

	say(text: string): void {
		this.#socket?.write(text);
	}

	async heard(): Promise<string> {
		return String((await once(this.#lines, 'line'))[0]);
	}
}
