/** `Device.DeviceInfo.`: what box this is. */
import type { Clock } from '../../../runtime/clock.ts';
import type { DeviceIdentity } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

export function deviceInfo({ identity, clock }: { identity: DeviceIdentity; clock: Clock }): ObjectProvider {
	const startedAt = clock.now();
	return {
		path: 'Device.DeviceInfo.',
		read: () => ({
			Manufacturer: identity.manufacturer,
			ManufacturerOUI: identity.manufacturerOui,
			ModelName: identity.modelName,
			ProductClass: identity.productClass,
			SerialNumber: identity.serialNumber,
			HardwareVersion: identity.hardwareVersion,
			SoftwareVersion: identity.softwareVersion,
			UpTime: Math.floor((clock.now() - startedAt) / 1_000_000),
		}),
	};
}
