/** What is plugged into a box: announced, told to the operator, and served by modules of the repository. */
import { DeviceChange } from '../../proto/host/bus/expansion.ts';
import type { Hub } from '../../runtime/bus/hub.ts';
import type { Clock } from '../../runtime/clock.ts';
import { codeOf } from '../../runtime/error.ts';
import { Expansion } from '../../runtime/expansion/expansion.ts';
import type { UsbDevice } from '../../runtime/expansion/usb-device.ts';
import type { Modules } from '../../runtime/module/modules.ts';
import type { Supervisor } from '../../runtime/vm/supervisor.ts';
import type { DeviceView } from '../agent/ports.ts';
import type { ExpansionConfig } from '../config.ts';
import { usbDevices } from '../hal/usb-devices.ts';
import type { LogBook } from './log-book.ts';
import type { ModuleManager } from './module-manager.ts';

export interface ExpansionUsers {
	readonly hub: Hub;
	readonly supervisor: Supervisor;
	readonly modules: Modules;
	readonly manager: Pick<ModuleManager, 'installForDevice'>;
	/** Other devices are plugged in. */
	readonly devicesChanged: () => void;
}

export interface BoxExpansion {
	readonly expansion: Expansion;
	readonly view: DeviceView;
	/** To be called once there is somebody to tell, and somebody who fetches. */
	serve(users: ExpansionUsers): void;
}

export function openExpansion({
	config,
	clock,
	log,
}: {
	readonly config: ExpansionConfig;
	readonly clock: Clock;
	readonly log: LogBook;
}): BoxExpansion {
	const { allow = [], vendors, devices, files } = config;
	let users: ExpansionUsers | undefined;
	const tell = (level: 'info' | 'warn', text: string): void => log.write({ vm: '', level, text });
	const announce = (device: UsbDevice, isPresent: boolean): void => {
		const { port, id, product } = device;
		tell(
			'info',
			`${id}${product === '' ? '' : ` "${product}"`} was plugged ${isPresent ? 'in' : 'out'} at ${port}`,
		);
		users?.hub.publish('expansion.device', encode(device, isPresent));
	};
	const expansion = new Expansion({
		clock,
		usb: usbDevices({ clock, devices, files }),
		mayInstall: (id) => allow.some((pattern) => fits(pattern, id)),
		servedBy: (id) => users?.modules.list().find(({ manifest }) => manifest.usb.includes(id))?.unit.name,
		fetchModule: async ({ id, signal }) => {
			const module = await users?.manager.installForDevice({ id, vendors, signal });
			return module?.unit.name;
		},
		on: {
			plugged: (device) => announce(device, true),
			unplugged: (device) => announce(device, false),
			changed: () => {
				users?.supervisor.reconsider();
				users?.devicesChanged();
			},
			served: ({ id, module }) => tell('info', `${id} is served by ${module}`),
			trouble: (error) => tell('warn', `${codeOf(error)}: ${error.message}`),
		},
	});
	return {
		expansion,
		view: {
			list: () => {
				const provisions = new Map(expansion.provisions().map((each) => [each.id, each]));
				return expansion.devices().map((device) => {
					const { state = 'absent', module = '', reason = '' } = provisions.get(device.id) ?? {};
					return { ...device, state, module, reason };
				});
			},
		},
		serve: (given) => {
			users = given;
			expansion.start();
		},
	};
}

function fits(pattern: string, id: string): boolean {
	return pattern === '*' || (pattern.endsWith(':*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id);
}

function encode({ deviceClass, id: _, lines: __, ...device }: UsbDevice, isPresent: boolean): Uint8Array {
	const interfaceClasses = [...device.interfaceClasses];
	return DeviceChange.encode({ device: { ...device, class: deviceClass, interfaceClasses }, isPresent });
}
