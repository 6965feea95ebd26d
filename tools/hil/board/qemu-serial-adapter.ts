/** A USB serial adapter of a virtual board; the device behind it is the bench. */
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { UsbSerial } from './board.ts';
import { usbBus } from './qemu-arguments.ts';
import type { QmpClient } from './qmp.ts';

export class QemuSerialAdapter implements UsbSerial {
	readonly name: string;
	readonly #folder: string;
	readonly #server: Server;
	readonly #lines = new EventEmitter();
	#socket: Socket | undefined;

	private constructor(name: string, folder: string) {
		this.name = name;
		this.#folder = folder;
		this.#server = createServer((socket) => {
			this.#socket = socket;
			// A QEMU that is killed breaks its connections.
			socket.on('error', () => undefined);
			createInterface(socket).on('line', (line) => this.#lines.emit('line', line));
		});
	}

	static async make(name: string): Promise<QemuSerialAdapter> {
		const folder = await mkdtemp(join(tmpdir(), 'mullion-serial-'));
		const adapter = new QemuSerialAdapter(name, folder);
		adapter.#server.listen(join(folder, 'line'));
		adapter.#server.unref();
		await once(adapter.#server, 'listening');
		return adapter;
	}

	say(text: string): void {
		this.#socket?.write(text);
	}

	async heard(): Promise<string> {
		return String((await once(this.#lines, 'line'))[0]);
	}

	async plug(qmp: QmpClient): Promise<void> {
		const { name } = this;
		const addr = { type: 'unix', data: { path: join(this.#folder, 'line') } };
		const backend = { type: 'socket', data: { addr, server: false } };
		const isThere = once(this.#server, 'connection');
		await qmp.execute('chardev-add', { id: `${name}-line`, backend });
		await isThere;
		await qmp.execute('device_add', {
			driver: 'usb-serial',
			id: name,
			bus: `${usbBus}.0`,
			chardev: `${name}-line`,
		});
	}

	async unplug(qmp: QmpClient): Promise<void> {
		const isGone = qmp.next('DEVICE_DELETED', ({ device }) => device === this.name);
		await qmp.execute('device_del', { id: this.name });
		await isGone;
		await qmp.execute('chardev-remove', { id: `${this.name}-line` });
	}

	async close(): Promise<void> {
		this.#socket?.destroy();
		this.#server.close();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
