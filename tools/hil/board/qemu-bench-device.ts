/** A USB device of a virtual board whose other end is a socket of the bench. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usbBus } from './qemu-arguments.ts';
import type { QmpClient } from './qmp.ts';

export interface BenchDeviceOptions {
	/** As QEMU's monitor is to call it. */
	readonly name: string;
	/** QEMU's. */
	readonly driver: 'usb-serial' | 'usb-redir';
	/** A life of the board begins to talk. */
	readonly connected: (socket: Socket) => void;
}

export class QemuBenchDevice {
	readonly #options: BenchDeviceOptions;
	readonly #folder: string;
	readonly #server: Server;
	#socket: Socket | undefined;

	private constructor(options: BenchDeviceOptions, folder: string) {
		this.#options = options;
		this.#folder = folder;
		this.#server = createServer((socket) => {
			this.#socket = socket;
			// A QEMU that is killed breaks its connections.
			socket.on('error', () => undefined);
			options.connected(socket);
		});
	}

	static async make(options: BenchDeviceOptions): Promise<QemuBenchDevice> {
		const device = new QemuBenchDevice(options, await mkdtemp(join(tmpdir(), 'mullion-usb-')));
		device.#server.listen(device.#path);
		device.#server.unref();
		await once(device.#server, 'listening');
		return device;
	}

	get #path(): string {
		return join(this.#folder, 'line');
	}

	async plug(qmp: QmpClient): Promise<void> {
		const { name, driver } = this.#options;
		const chardev = `${name}-line`;
		const addr = { type: 'unix', data: { path: this.#path } };
		const isThere = once(this.#server, 'connection');
		await qmp.execute('chardev-add', {
			id: chardev,
			backend: { type: 'socket', data: { addr, server: false } },
		});
		await isThere;
		await qmp.execute('device_add', { driver, id: name, bus: `${usbBus}.0`, chardev });
	}

	async unplug(qmp: QmpClient): Promise<void> {
		const { name, driver } = this.#options;
		const isGone = qmp.next('DEVICE_DELETED', ({ device }) => device === name);
		await qmp.execute('device_del', { id: name });
		await isGone;
		// The other one takes its line with it.
		if (driver === 'usb-serial') await qmp.execute('chardev-remove', { id: `${name}-line` });
	}

	async close(): Promise<void> {
		this.#socket?.destroy();
		this.#server.close();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
