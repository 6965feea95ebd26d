/** What a box shows of itself at one moment, as its operator reads it. */
import type { BoxSample } from '../../firmware/box/telemetry.ts';
import type { Controller } from '../controller/controller.ts';

export async function readSample(operator: Controller): Promise<BoxSample> {
	const { Data = '{}' } = await operator.operate('Device.X_MULLION_Telemetry.Read()', {}, { isSync: true });
	return JSON.parse(Data);
}
