/** `Device.USB.USBHosts.`: what is plugged in, and the modules that serve it. */
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { DeviceStatus, DeviceView } from '../ports.ts';
import type { ObjectProvider, Params } from './provider.ts';

const hosts = 'Device.USB.USBHosts.';
const table = `${hosts}Host.1.Device`;

export function usbObjects({
	devices,
	numbers,
}: {
	readonly devices: DeviceView;
	readonly numbers: InstanceNumbers;
}): ObjectProvider[] {
	return [
		{ path: 'Device.USB.', read: () => ({}) },
		// The ports of all controllers of the box as those of one: which of them it is nobody has to know.
		{ path: hosts, read: () => ({ HostNumberOfEntries: 1 }) },
		{
			path: `${hosts}Host.{i}.`,
			uniqueKeys: [['Name']],
			rows: () => [
				{ number: 1, params: { Name: 'usb', Enable: true, DeviceNumberOfEntries: devices.list().length } },
			],
		},
		{
			path: `${hosts}Host.{i}.Device.{i}.`,
			uniqueKeys: [['X_MULLION_Port']],
			rows: async () => {
				const list = devices.list();
				const assigned = await numbers.assign(
					table,
					list.map(({ port }) => port),
				);
				return list.flatMap((device) => {
					const number = assigned.get(device.port);
					return number === undefined ? [] : [{ number, params: paramsOf(device) }];
				});
			},
		},
	];
}

function paramsOf(device: DeviceStatus): Params {
	return {
		// TR-181 writes the class as hexBinary.
		DeviceClass: device.deviceClass.toString(16).padStart(2, '0').toUpperCase(),
		VendorID: device.vendorId,
		ProductID: device.productId,
		Manufacturer: device.manufacturer,
		ProductClass: device.product,
		SerialNumber: device.serial,
		X_MULLION_Port: device.port,
		X_MULLION_State: device.state,
		X_MULLION_Module: device.module,
		X_MULLION_Reason: device.reason,
	};
}
