/** Sets `Device.DeviceInfo.BootFirmwareImage`: what the next boot starts. */
import { faultOf, UspError } from '../error.ts';
import { type FirmwareOptions, slotNamed } from './firmware-images.ts';
import type { ParamFailure, TableEditor } from './provider.ts';

const param = 'BootFirmwareImage';

export function bootImageEditor(options: Pick<FirmwareOptions, 'firmware' | 'numbers'>): TableEditor {
	const { firmware } = options;
	const noTable = async (): Promise<never> => {
		throw new UspError('object-not-creatable', 'Device.DeviceInfo. is one object');
	};
	return {
		add: noTable,
		remove: noTable,
		set: async (_number, settings) => {
			const failures: ParamFailure[] = [];
			let chosen: { readonly value: string; readonly slot: string } | undefined;
			for (const setting of settings) {
				try {
					if (setting.param !== param)
						throw new UspError('parameter-not-writable', `${setting.param} is not for controllers to change`);
					chosen = { value: setting.value, slot: await slotNamed(setting.value, options) };
				} catch (error) {
					if (setting.isRequired) throw error;
					failures.push({ param: setting.param, fault: faultOf(error) });
				}
			}
			return {
				failures,
				commit: async () => {
					if (chosen === undefined) return {};
					await firmware.setNext({ slot: chosen.slot });
					return { [param]: chosen.value };
				},
			};
		},
	};
}
