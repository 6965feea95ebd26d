/**
 * What is plugged in by USB, as the kernel has it in `/sys/bus/usb/devices`.
 *
 * That something was plugged in is told by the files that the kernel makes and removes for each device and
 * each serial line in `/dev`: waiting for them costs nothing, where to look every second would be a tenth of
 * what a box may do while it is idle. What comes with a device comes in steps, so it is looked once all is quiet.
 */
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../../runtime/clock.ts';
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

/** A line that is told late, or never: a driver that takes its time, an event that was lost. */
const quietMs = 200;
const againMs = 2000;
const anywayMs = 60_000;
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
		watch: (onChange) => {
			const timers = new Map<number, Timer>();
			const folders = new Map<string, FSWatcher>();
			const look = (): void => {
				follow();
				onChange();
			};
			const lookIn = (ms: number): void => {
				timers.get(ms)?.cancel();
				timers.set(ms, clock.after(ms, look));
			};
			const noticed = (): void => {
				lookIn(quietMs);
				lookIn(againMs);
			};
			/** Each bus has a folder of its own, which comes with it. */
			const follow = (): void => {
				const buses = join(files, 'bus/usb');
				const present = [files, buses, ...namesIn(buses).map((name) => join(buses, name))];
				for (const folder of present) if (!folders.has(folder)) watchFolder(folder);
			};
			const watchFolder = (folder: string): void => {
				try {
					const watcher = watch(folder, noticed);
					const forget = (): void => {
						watcher.close();
						folders.delete(folder);
					};
					watcher.on('error', forget);
					folders.set(folder, watcher);
				} catch {
					// It is not there, or not any more.
				}
			};
			const anyway = (): void => {
				timers.set(
					anywayMs,
					clock.after(anywayMs, () => {
						look();
						anyway();
					}),
				);
			};
			follow();
			anyway();
			return {
				close: () => {
					for (const timer of timers.values()) timer.cancel();
					for (const watcher of folders.values()) watcher.close();
				},
			};
		},
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
