/** USB devices of a virtual board, plugged in and out; those that are in stay in over power cuts. */
import type { PlayedUsbDevice, Usb, UsbSerial, UsbStick } from './board.ts';
import { BoardError } from './board-error.ts';
import { playDevice } from './played-device.ts';
import { usbBus } from './qemu-arguments.ts';
import { QemuBenchDevice } from './qemu-bench-device.ts';
import type { QmpClient } from './qmp.ts';
import { SerialAdapter } from './serial-adapter.ts';

export class QemuUsb implements Usb {
	readonly #sticks = new Map<string, UsbStick>();
	readonly #others = new Map<string, QemuBenchDevice>();
	#qmp: QmpClient | undefined;
	#count = 0;

	async plug(stick: UsbStick): Promise<string> {
		const name = `stick-${++this.#count}`;
		if (this.#qmp !== undefined) await plug(this.#qmp, name, stick);
		this.#sticks.set(name, stick);
		return name;
	}

	async plugSerial(): Promise<UsbSerial> {
		const adapter = new SerialAdapter(`adapter-${++this.#count}`);
		const { name } = adapter;
		await this.#plug(
			name,
			await QemuBenchDevice.make({
				name,
				driver: 'usb-serial',
				connected: (socket) => adapter.connect(socket),
			}),
		);
		return adapter;
	}

	async plugPlayed(device: PlayedUsbDevice): Promise<string> {
		const name = `played-${++this.#count}`;
		await this.#plug(
			name,
			await QemuBenchDevice.make({
				name,
				driver: 'usb-redir',
				connected: (socket) => playDevice(device, socket),
			}),
		);
		return name;
	}

	async unplug(name: string): Promise<void> {
		const other = this.#others.get(name);
		if (other !== undefined) {
			this.#others.delete(name);
			if (this.#qmp !== undefined) await other.unplug(this.#qmp);
			return other.close();
		}
		if (!this.#sticks.has(name)) throw new BoardError('board-lacks', `no device "${name}" is plugged in`);
		// A controller may hold on to the device, and so to the file, until the box is switched off.
		await this.#qmp?.execute('device_del', { id: name });
		this.#sticks.delete(name);
	}

	/** The box starts with what is plugged in. */
	async attach(qmp: QmpClient): Promise<void> {
		for (const [name, stick] of this.#sticks) await plug(qmp, name, stick);
		for (const other of this.#others.values()) await other.plug(qmp);
		this.#qmp = qmp;
	}

	detach(): void {
		this.#qmp = undefined;
	}

	async close(): Promise<void> {
		for (const other of this.#others.values()) await other.close();
		this.#others.clear();
	}

	async #plug(name: string, device: QemuBenchDevice): Promise<void> {
		this.#others.set(name, device);
		if (this.#qmp !== undefined) await device.plug(this.#qmp);
	}
}

async function plug(qmp: QmpClient, name: string, { file }: UsbStick): Promise<void> {
	const drive = `${name}-contents`;
	await qmp.execute('blockdev-add', {
		driver: 'raw',
		'node-name': drive,
		// The same stick may come again while it is still held.
		file: { driver: 'file', filename: file, locking: 'off' },
	});
	try {
		await qmp.execute('device_add', { driver: 'usb-storage', id: name, bus: `${usbBus}.0`, drive });
	} catch (error) {
		await qmp.execute('blockdev-del', { 'node-name': drive });
		throw error;
	}
}
