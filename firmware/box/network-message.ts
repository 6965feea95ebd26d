/** The networks of the box as its VMs hear of them: `network.state` on the bus. */
import { NetworkState, Range as WireRange } from '../../proto/host/bus/network.ts';
import type { BasebandTable } from '../../runtime/network/baseband-table.ts';

const wireRanges = {
	wide: WireRange.RANGE_WIDE,
	short: WireRange.RANGE_SHORT,
	wired: WireRange.RANGE_WIRED,
} as const;

export function networkMessage(networks: BasebandTable): Uint8Array {
	return NetworkState.encode({
		basebands: networks.basebands().map(({ id, kind, range, isUp, signalDbm, speedKbps, costPerMb }) => ({
			id,
			kind,
			range: wireRanges[range],
			up: isUp,
			signalDbm: signalDbm ?? 0,
			speedKbps: Math.round(speedKbps ?? 0),
			costPerMb,
		})),
	});
}
