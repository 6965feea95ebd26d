/** `Device.DeviceInfo.`: what box this is. */
import type { Clock } from '../../../runtime/clock.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { DeviceIdentity, FirmwareManager } from '../ports.ts';
import { bootImageEditor } from './boot-image-editor.ts';
import { firmwareParams } from './firmware-images.ts';
import type { ObjectProvider } from './provider.ts';

export interface DeviceInfoOptions {
	readonly identity: DeviceIdentity;
	readonly clock: Clock;
	readonly firmware?: FirmwareManager | undefined;
	readonly numbers: InstanceNumbers;
}

export function deviceInfo({ identity, clock, firmware, numbers }: DeviceInfoOptions): ObjectProvider {
	const startedAt = clock.now();
	return {
		path: 'Device.DeviceInfo.',
		...(firmware && { editor: bootImageEditor({ firmware, numbers }) }),
		read: async () => ({
			Manufacturer: identity.manufacturer,
			ManufacturerOUI: identity.manufacturerOui,
			ModelName: identity.modelName,
			ProductClass: identity.productClass,
			SerialNumber: identity.serialNumber,
			HardwareVersion: identity.hardwareVersion,
			SoftwareVersion: identity.softwareVersion,
			UpTime: Math.floor((clock.now() - startedAt) / 1_000_000),
			...(firmware && (await firmwareParams({ firmware, numbers }))),
		}),
	};
}
