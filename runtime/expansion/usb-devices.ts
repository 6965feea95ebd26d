/** What is plugged into the box by USB, as a port. */
import type { UsbDevice } from './usb-device.ts';

export interface UsbWatch {
	close(): void;
}

export interface UsbDevices {
	/** All that is plugged in now, in order of their ports. */
	list(): readonly UsbDevice[];
	/** Calls when something was plugged in or out, and at times when nothing was: look then. */
	watch(onChange: () => void): UsbWatch;
}
