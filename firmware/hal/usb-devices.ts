/**
 * What is plugged in by USB, as the kernel has it in `/sys/bus/usb/devices`.
 *
 * That something was plugged in is told by the files that the kernel makes and removes for each device and
 * each serial line in `/dev`: waiting for them costs nothing, where to look every second would be a tenth of
 * what a box may do while it is idle. What comes with a device comes in steps, so it is looked once all is quiet.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import {
	deviceAttributes,
	type FoundInterface,
	interfaceAttributes,
	isPort,
	mostInterfaces,
	type UsbDevice,
	usbDevice,
} from '../../runtime/expansion/usb-device.ts';
import type { UsbDevices } from '../../runtime/expansion/usb-devices.ts';
import { watchFolders } from './watch-folders.ts';

/** A string descriptor has 126 characters of up to three bytes. */
const longest = 512;

export interface UsbDevicesOptions {
	readonly clock: Clock;
	/** Default `/sys/bus/usb/devices`. */
	readonly devices?: string | undefined;
	/** Default `/dev`. */
	readonly files?: string | undefined;
}

export function usbDevices({
	clock,
	devices = '/sys/bus/usb/devices',
	files = '/dev',
}: UsbDevicesOptions): UsbDevices {
	return {
		list: () => {
			const names = namesIn(devices);
			return names.filter(isPort).flatMap((port): UsbDevice[] => {
				const interfaces = names
					.filter((name) => name.startsWith(`${port}:`))
					.slice(0, mostInterfaces)
					.map((name) => interfaceAt(join(devices, name)));
				const attributes = attributesOf(join(devices, port), deviceAttributes);
				const device = usbDevice({ port, attributes, interfaces });
				return device === undefined ? [] : [device];
			});
		},
		watch: (onChange) =>
			watchFolders({
				clock,
				// Each bus has a folder of its own, which comes with it.
				folders: () => {
					const buses = join(files, 'bus/usb');
					return [files, buses, ...namesIn(buses).map((name) => join(buses, name))];
				},
				onChange,
			}),
	};
}

/** Serial lines are below the interface that they belong to: `ttyUSB0`, or `tty/ttyACM0`. */
function interfaceAt(folder: string): FoundInterface {
	const lines = [...namesIn(folder), ...namesIn(join(folder, 'tty'))].filter((name) =>
		name.startsWith('tty'),
	);
	return { attributes: attributesOf(folder, interfaceAttributes), lines };
}

function attributesOf(folder: string, names: readonly string[]): Record<string, string | undefined> {
	return Object.fromEntries(names.map((name) => [name, read(join(folder, name))]));
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}

/** Made by the kernel as it is read; a device that goes meanwhile has none. */
function read(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8').slice(0, longest);
	} catch {
		return undefined;
	}
}
