/** `Device.X_MULLION_Network.`: the basebands, what they cost and what went over them. */
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { NetworkView } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';

const table = 'Device.X_MULLION_Network.Baseband';

export function networkObjects(options: {
	network: NetworkView;
	numbers: InstanceNumbers;
}): ObjectProvider[] {
	const { network, numbers } = options;
	const basebands: ObjectProvider = {
		path: `${table}.{i}.`,
		uniqueKeys: [['Name']],
		rows: async () => {
			await network.count();
			const list = network.list();
			const assigned = await numbers.assign(
				table,
				list.map(({ id }) => id),
			);
			return list.flatMap((baseband) => {
				const number = assigned.get(baseband.id);
				if (number === undefined) return [];
				const params = {
					Name: baseband.id,
					Kind: baseband.kind,
					Range: baseband.range,
					Status: baseband.isUp ? 'Up' : 'Down',
					SignalDbm: baseband.signalDbm,
					SpeedKbps: baseband.speedKbps,
					CostPerMb: baseband.costPerMb,
					BytesIn: baseband.bytesIn,
					BytesOut: baseband.bytesOut,
					// -1: no interface of its own, so that nobody counts.
					WireBytesIn: baseband.wireBytesIn ?? -1,
					WireBytesOut: baseband.wireBytesOut ?? -1,
				};
				return [{ number, params }];
			});
		},
	};
	return [{ path: 'Device.X_MULLION_Network.', read: () => ({}) }, basebands];
}
