/** Devices that are plugged in and out as is told: the double of `UsbDevices`. */
import type { UsbDevice } from './usb-device.ts';
import type { UsbDevices, UsbWatch } from './usb-devices.ts';

export class SimulatedUsb implements UsbDevices {
	readonly #devices = new Map<string, UsbDevice>();
	readonly #watchers = new Set<() => void>();

	list(): readonly UsbDevice[] {
		return [...this.#devices.values()].toSorted((a, b) => (a.port < b.port ? -1 : 1));
	}

	watch(onChange: () => void): UsbWatch {
		this.#watchers.add(onChange);
		return { close: () => this.#watchers.delete(onChange) };
	}

	/** @param id `vendor:product` */
	plug(port: string, id: string, more: Partial<UsbDevice> = {}): void {
		const [vendor = '', product = ''] = id.split(':');
		this.#devices.set(port, {
			port,
			id,
			vendorId: Number.parseInt(vendor, 16),
			productId: Number.parseInt(product, 16),
			deviceClass: 0,
			interfaceClasses: [255],
			manufacturer: '',
			product: '',
			serial: '',
			lines: [],
			...more,
		});
		this.#tell();
	}

	unplug(port: string): void {
		this.#devices.delete(port);
		this.#tell();
	}

	#tell(): void {
		for (const watcher of [...this.#watchers]) watcher();
	}
}
