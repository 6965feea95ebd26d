/** USB devices of a virtual board, plugged in and out; those that are in stay in over power cuts. */
import type { Usb, UsbSerial, UsbStick } from './board.ts';
import { BoardError } from './board-error.ts';
import { usbBus } from './qemu-arguments.ts';
import { QemuSerialAdapter } from './qemu-serial-adapter.ts';
import type { QmpClient } from './qmp.ts';

export class QemuUsb implements Usb {
	readonly #sticks = new Map<string, UsbStick>();
	readonly #adapters = new Map<string, QemuSerialAdapter>();
	#qmp: QmpClient | undefined;
	#count = 0;

	async plug(stick: UsbStick): Promise<string> {
		const name = `stick-${++this.#count}`;
		if (this.#qmp !== undefined) await plug(this.#qmp, name, stick);
		this.#sticks.set(name, stick);
		return name;
	}

	async plugSerial(): Promise<UsbSerial> {
		const adapter = await QemuSerialAdapter.make(`adapter-${++this.#count}`);
		if (this.#qmp !== undefined) await adapter.plug(this.#qmp);
		this.#adapters.set(adapter.name, adapter);
		return adapter;
	}

	async unplug(name: string): Promise<void> {
		const adapter = this.#adapters.get(name);
		if (adapter !== undefined) {
			this.#adapters.delete(name);
			if (this.#qmp !== undefined) await adapter.unplug(this.#qmp);
			return adapter.close();
		}
		if (!this.#sticks.has(name)) throw new BoardError('board-lacks', `no stick "${name}" is plugged in`);
		// A controller may hold on to the device, and so to the file, until the box is switched off.
		await this.#qmp?.execute('device_del', { id: name });
		this.#sticks.delete(name);
	}

	/** The box starts with what is plugged in. */
	async attach(qmp: QmpClient): Promise<void> {
		for (const [name, stick] of this.#sticks) await plug(qmp, name, stick);
		for (const adapter of this.#adapters.values()) await adapter.plug(qmp);
		this.#qmp = qmp;
	}

	detach(): void {
		this.#qmp = undefined;
	}

	async close(): Promise<void> {
		for (const adapter of this.#adapters.values()) await adapter.close();
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
