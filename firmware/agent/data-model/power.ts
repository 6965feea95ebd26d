/** `Device.X_MULLION_Power.`: what feeds the box, and for how long. TR-181 has no object for it. */
import type { PowerPort, PowerStatus } from '../ports.ts';
import type { ObjectProvider, Params } from './provider.ts';

const path = 'Device.X_MULLION_Power.';

export function powerObject({ power }: { readonly power: PowerPort }): ObjectProvider {
	return {
		path,
		read: () => paramsOf(power.status()),
		events: { 'Changed!': ['Source', 'BatteryPercent', 'MinutesLeft', 'IsLast'] },
		watch: (events) =>
			power.onChange((status) => events.emit({ objectPath: path, name: 'Changed!', args: paramsOf(status) })),
	};
}

function paramsOf({ source, percent, minutesLeft, isLast }: PowerStatus): Params {
	return {
		Source: source === 'mains' ? 'Mains' : 'Battery',
		// -1 is: not known.
		BatteryPercent: percent ?? -1,
		MinutesLeft: minutesLeft ?? -1,
		IsLast: isLast,
	};
}
